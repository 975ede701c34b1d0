import { describe, expect, it } from 'vitest'

import { apiEndpoints } from '../../../packages/worker/src/api/api-app.ts'
import type { Endpoint } from '../../../packages/worker/src/api/endpoint.ts'
import { json, served } from './support.ts'

const endpoints = apiEndpoints({ token: null, userHeader: null, trustedProxies: [] })

/** The table of docs/reference/http-api.md. */
function table(ofTag: readonly Endpoint[]): string {
  return ofTag
    .map(({ method, path, summary, acts, query, body }) => {
      const asked = [...Object.keys(query?.shape ?? {}), ...(body ? ['a JSON body'] : [])].join(
        ', ',
      )
      return [
        `### \`${method.toUpperCase()} ${path}\``,
        '',
        `${summary}.${acts === true ? ' Needs the token.' : ''}`,
        ...(asked === '' ? [] : ['', `Takes: ${asked}.`]),
      ].join('\n')
    })
    .join('\n\n')
}

function page(): string {
  const tags = ['Runs', 'Jobs', 'Attempts', 'Worker', 'About']
  const parts = tags.map(
    (tag) => `## ${tag}\n\n${table(endpoints.filter((one) => one.tag === tag))}`,
  )
  return `${head}\n${parts.join('\n\n')}\n`
}

const head = `# The HTTP API

All of it is below \`/api/v1\` of the address where the worker serves its page. What each takes and answers is in the OpenAPI
document that the worker serves at \`/api/v1/openapi.json\`, made from the schemas that requests are checked with; \`/api/v1/docs\`
shows it in a browser.

- Reading is open on the worker's own machine; from another, and to act, send \`Authorization: Bearer TOKEN\` with the config's
  \`http.token\`. To say who acts, send \`X-Operator: NAME\` too.
- Lists come in pages, the newest first; \`next\` is the \`after\` of the next page, and null on the last.
- What goes wrong is \`{"error": "…"}\` with a status of 400 or more.
- Documents are shown in brief: long texts, lists and objects are cut. \`/runs/{uid}/documents\` has them whole.

<!-- Below is made by test/worker/api/openapi.test.ts; \`npx vitest run -u\` writes it anew. -->
`

describe('the OpenAPI document', () => {
  it('is served, with every endpoint and no reference to nowhere', async () => {
    const { ask } = await served()
    const document = await json(await ask('/api/v1/openapi.json'))
    const paths = document.paths as Record<string, Record<string, { operationId: string }>>
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(ids.sort()).toEqual(endpoints.map(({ id }) => id).sort())
    expect(new Set(ids).size).toBe(ids.length)
    const text = JSON.stringify(document)
    const { schemas } = document.components as { schemas: Record<string, unknown> }
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(?<name>[^"]+)"/gu)]
    expect(references.length).toBeGreaterThan(10)
    for (const { groups } of references) expect(Object.keys(schemas)).toContain(groups?.name)
    expect(text).not.toContain('$defs')
  })

  it('can be read in a browser, without scripts', async () => {
    const { ask } = await served()
    const response = await ask('/api/v1/docs')
    const html = await response.text()
    expect(html).toContain('/api/v1/jobs/{id}/attempts/{attempt}')
    expect(html).not.toContain('<script')
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`)
  })

  it('is the reference page of the docs', async () => {
    await expect(page()).toMatchFileSnapshot('../../../docs/reference/http-api.md')
  })
})
