import { stripVTControlCharacters } from 'node:util'

import { escapeHtml } from './escape-html.js'
import { notebookStyle } from './notebook-style.js'
import { pictureOf } from './pictures.js'
import { type Cell, formOf, type Notebook, type Output } from './read-notebook.js'

/** Text of one output that is shown; the notebook itself has all of it. */
const longestText = 200_000

/**
 * A notebook as a page without scripts. All text is escaped; pictures are part of the page; what a cell gave as HTML is
 * in a frame of its own, which can do nothing but be seen. The page itself is to be served with a policy that
 * allows no scripts, so that two mistakes are needed for one to run.
 *
 * @param name - the file's, as the title.
 */
export function renderNotebook({ cells }: Notebook, name: string): string {
  const shown = cells
    .map((cell, index) => (isMark(cell) ? '' : cellHtml(cell, index + 1)))
    .join('\n')
  return pageHtml(name, shown === '' ? '<p>The notebook has no cells.</p>' : shown)
}

/** Whether papermill put a cell in to point to the one that failed, which is marked here anyway. */
function isMark({ cell_type: type, metadata: { tags } }: Cell): boolean {
  return type === 'markdown' && tags.includes('papermill-error-cell-tag')
}

/** Such a page that says why there is no notebook. */
export function renderMessage(message: string): string {
  return pageHtml('Notebook', `<p class="message">${escapeHtml(message)}</p>`)
}

function pageHtml(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${notebookStyle}</style></head>
<body><main>${body}</main></body></html>`
}

function cellHtml(cell: Cell, number: number): string {
  const source = cell.source.slice(0, longestText)
  if (cell.cell_type === 'markdown')
    return `<section class="markdown">${markdown(source)}</section>`
  if (cell.cell_type !== 'code') {
    return `<section class="raw"><pre>${escapeHtml(source)}</pre></section>`
  }
  const failed = cell.outputs.some(({ output_type: type }) => type === 'error')
  const outputs = cell.outputs.map(outputHtml).join('\n')
  const label = `In [${cell.execution_count ?? ' '}]`
  return `<section class="code${failed ? ' failed' : ''}" id="cell-${number}">
<div class="label">${escapeHtml(label)}${failed ? ' <strong>failed</strong>' : ''}</div>
<pre class="source" tabindex="0"><code>${escapeHtml(source)}</code></pre>${outputs}</section>`
}

function outputHtml(output: Output): string {
  if (output.output_type === 'error') {
    const text = output.traceback?.join('\n') ?? `${output.ename ?? ''}: ${output.evalue ?? ''}`
    return textHtml(text, 'error')
  }
  if (output.text !== undefined) return textHtml(output.text, 'stream')
  const picture = pictureOf(output)
  if (picture) {
    const source = `data:${picture.type};base64,${picture.bytes.toString('base64')}`
    return `<img alt="${escapeHtml(altOf(output))}" src="${escapeHtml(source)}">`
  }
  const html = formOf(output, 'text/html')
  if (html !== null) return frameHtml(html, formOf(output, 'text/plain') ?? '')
  const text = formOf(output, 'text/plain')
  return text === null ? '' : textHtml(text, 'result')
}

function textHtml(text: string, kind: string): string {
  const plain = stripVTControlCharacters(text.slice(0, longestText))
  const rest = text.length > longestText ? `\n… ${text.length - longestText} characters more` : ''
  return `<pre class="output ${kind}" tabindex="0">${escapeHtml(plain + rest)}</pre>`
}

/** HTML of a notebook, which could be anything, in a frame: it can't close that, since it is in an attribute. */
function frameHtml(html: string, text: string): string {
  const rows = html.split(/<(?:tr|p|li|h\d|br)\b/iu).length
  const height = Math.min(36, Math.max(4, rows * 1.8 + 2))
  const style = `<style>${notebookStyle}</style>`
  return `<iframe sandbox title="${escapeHtml(altOf({ output_type: '', text }))}" style="height:${height}em" srcdoc="${escapeHtml(style + html.slice(0, 2_000_000))}"></iframe>`
}

/** What a picture or table is called: the text that the notebook gives in its place. */
function altOf(output: Output): string {
  const text = output.text ?? formOf(output, 'text/plain') ?? ''
  return text === '' ? 'Output of the cell' : stripVTControlCharacters(text).slice(0, 200)
}

/** Headings and paragraphs; all else of markdown stays as it was written. */
function markdown(source: string): string {
  return source
    .split(/\n{2,}/u)
    .map((block) => {
      const groups = /^(?<marks>#{1,4}) +(?<title>[^\n]*)(?<rest>[\s\S]*)$/u.exec(block)?.groups
      if (!groups) return `<p>${escapeHtml(block)}</p>`
      const level = Math.min(4, (groups.marks?.length ?? 1) + 1)
      const rest = groups.rest?.trim() ?? ''
      const title = `<h${level}>${escapeHtml(groups.title ?? '')}</h${level}>`
      return rest === '' ? title : `${title}<p>${escapeHtml(rest)}</p>`
    })
    .join('\n')
}
