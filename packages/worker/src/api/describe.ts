import { escapeHtml } from './notebook/escape-html.js'
import { apiBase } from './openapi.js'

/** The parts of an OpenAPI document that are shown. */
interface Described {
  readonly info: { readonly description: string; readonly version: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly description?: string
    readonly schema: object
  }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >
}

type Content = Readonly<Record<string, { readonly schema?: object }>>

/** An OpenAPI document as a page to read, without scripts. */
export function describeApi(document: Record<string, unknown>): string {
  const { info, tags, paths } = document as unknown as Described
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )
  const parts = tags.map(({ name }) => {
    const own = operations.filter((operation) => operation.tags[0] === name)
    return `<section><h2>${escapeHtml(name)}</h2>${own.map(operationHtml).join('\n')}</section>`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>API · prompt-papermill</title>
<link rel="stylesheet" href="/page/page.css"></head>
<body><main class="run-page"><nav aria-label="Back"><a class="back" href="/">All runs</a></nav>
<h1>API, version ${escapeHtml(info.version)}</h1><p>${escapeHtml(info.description)}</p>
<p><a href="${apiBase}/openapi.json">OpenAPI document</a></p>${parts.join('\n')}</main></body></html>`
}

function operationHtml(operation: Operation & { path: string; method: string }): string {
  const { path, method, summary, description, parameters, requestBody, responses } = operation
  const rows = (parameters ?? []).map(
    (parameter) =>
      `<tr><th scope="row"><code>${escapeHtml(parameter.name)}</code></th><td>in the ${parameter.in}${parameter.required ? ', required' : ''}</td><td>${escapeHtml(parameter.description ?? '')}</td><td><code>${escapeHtml(JSON.stringify(parameter.schema))}</code></td></tr>`,
  )
  const answers = Object.entries(responses).map(
    ([status, answer]) => `<li><b>${status}</b> ${escapeHtml(answer.description)}</li>`,
  )
  return `<details><summary><code>${method.toUpperCase()} ${escapeHtml(apiBase + path)}</code> ${escapeHtml(summary)}</summary>
${description === undefined ? '' : `<p>${escapeHtml(description)}</p>`}
${rows.length === 0 ? '' : `<div class="scroll" tabindex="0" role="region" aria-label="Parameters"><table><tbody>${rows.join('')}</tbody></table></div>`}
${schemaHtml('Request', requestBody?.content)}${schemaHtml('Answer', responses['200']?.content)}
<ul>${answers.join('')}</ul></details>`
}

function schemaHtml(title: string, content: Content | undefined): string {
  return Object.entries(content ?? {})
    .map(([media, { schema }]) => {
      const text = schema ? JSON.stringify(schema, null, 1) : ''
      const shown = text === '' ? '' : `<pre tabindex="0">${escapeHtml(text)}</pre>`
      return `<p>${title}: <code>${escapeHtml(media)}</code></p>${shown}`
    })
    .join('')
}
