import { z } from 'zod'

import { untrusted } from '../../http/policies.js'
import { OperationError } from '../../operation-error.js'
import { endpoint } from '../endpoint.js'
import { attemptFolder } from '../files/attempt-folder.js'
import { listFiles } from '../files/list-files.js'
import { openFile } from '../files/open-file.js'
import { sendFile } from '../files/send-file.js'
import { PictureCache } from '../notebook/picture-cache.js'
import { readNotebook, UnreadableNotebookError } from '../notebook/read-notebook.js'
import { renderMessage, renderNotebook } from '../notebook/render-notebook.js'
import type { ApiPlace } from '../place.js'
import { attemptDetail as attemptDetailSchema, figureList } from '../schemas.js'
import { attemptDetail, attemptFigures, entryOf, notebookOf } from '../views/attempts.js'

const params = z.object({
  id: z.string().min(1).max(500).describe("The job's id."),
  attempt: z.coerce.number().int().min(1).max(1_000_000).describe('Its number, from 1.'),
})
const figureParams = params.extend({
  number: z.coerce.number().int().min(1).max(10_000).describe('Its place, from 1.'),
})
const fileParams = params.extend({
  name: z.string().min(1).max(1000).describe("Below the attempt's folder; `/` as it is or as %2F."),
})
const missing = { 404: 'It is not there, or retention has taken it.' }

/** What attempts left: their notebook, figures and files. */
export function attemptEndpoints() {
  const pictures = new PictureCache()
  return [
    endpoint({
      id: 'getAttempt',
      method: 'get',
      path: '/jobs/{id}/attempts/{attempt}',
      tag: 'Attempts',
      summary: 'One attempt: files, figures, manifest, and why it failed',
      params,
      answer: { schema: attemptDetailSchema, description: 'The attempt.' },
      statuses: missing,
      handle: (place, { params: { id, attempt } }) => attemptDetail(place, pictures, id, attempt),
    }),
    endpoint({
      id: 'getNotebook',
      method: 'get',
      path: '/jobs/{id}/attempts/{attempt}/notebook',
      tag: 'Attempts',
      summary: 'The notebook as far as it was executed, as a page without scripts',
      params,
      query: z.object({ v: z.string().max(100).optional().describe('Any text, to have it anew.') }),
      answer: { media: 'text/html', description: 'The rendered notebook.' },
      statuses: missing,
      handle: async (place, { params: { id, attempt } }) =>
        htmlAnswer(await renderedNotebook(place, id, attempt)),
    }),
    endpoint({
      id: 'listFigures',
      method: 'get',
      path: '/jobs/{id}/attempts/{attempt}/figures',
      tag: 'Attempts',
      summary: 'The figures of an attempt, as they appear: files, and pictures in its notebook',
      params,
      answer: { schema: figureList, description: 'Its figures.' },
      statuses: missing,
      handle: (place, { params: { id, attempt } }) => attemptFigures(place, pictures, id, attempt),
    }),
    endpoint({
      id: 'getFigure',
      method: 'get',
      path: '/jobs/{id}/attempts/{attempt}/figures/{number}',
      tag: 'Attempts',
      summary: "One of the pictures in an attempt's notebook",
      params: figureParams,
      query: z.object({ v: z.string().max(100).optional().describe('Any text, to have it anew.') }),
      answer: { media: 'image/*', description: 'The picture.' },
      statuses: missing,
      handle: async (place, { params: { id, attempt, number } }) => {
        const folder = await attemptFolder(place, id, attempt)
        const { files } = await listFiles(folder)
        const notebook = notebookOf(files, await entryOf(place, id))
        const picture = notebook && (await pictures.picturesOf(folder, notebook))[number - 1]
        if (!picture) throw new OperationError('not-found', `there is no figure ${number} here`)
        const disposition = picture.type === 'image/svg+xml' ? 'attachment' : 'inline'
        return new Response(new Uint8Array(picture.bytes), {
          headers: {
            ...untrusted,
            'content-type': picture.type,
            'content-disposition': disposition,
            'cache-control': 'private, max-age=3600',
          },
        })
      },
    }),
    endpoint({
      id: 'getFile',
      method: 'get',
      path: '/jobs/{id}/attempts/{attempt}/files/{name}',
      tag: 'Attempts',
      summary: 'A file that an attempt left, or a range of its bytes',
      params: fileParams,
      query: z.object({ v: z.string().max(100).optional().describe('Any text, to have it anew.') }),
      answer: { media: '*/*', description: 'The file.' },
      statuses: {
        ...missing,
        206: 'The range of it.',
        304: 'It did not change.',
        416: 'It has no such bytes.',
      },
      handle: async (place, { params: { id, attempt, name }, c }) => {
        const folder = await attemptFolder(place, id, attempt)
        const file = await openFile(folder, name)
        const asked = { range: c.req.header('range'), ifNoneMatch: c.req.header('if-none-match') }
        return sendFile(file, name, asked)
      },
    }),
  ]
}

async function renderedNotebook(place: ApiPlace, id: string, attempt: number): Promise<string> {
  const folder = await attemptFolder(place, id, attempt)
  const { files } = await listFiles(folder)
  const file = notebookOf(files, await entryOf(place, id))
  if (!file) throw new OperationError('not-found', 'this attempt has no notebook yet')
  try {
    return renderNotebook(await readNotebook(folder, file.name), file.name)
  } catch (error) {
    if (error instanceof UnreadableNotebookError) return renderMessage(error.message)
    throw error
  }
}

function htmlAnswer(html: string): Response {
  return new Response(html, {
    headers: {
      ...untrusted,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-cache',
    },
  })
}
