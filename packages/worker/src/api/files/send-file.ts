import { basename } from 'node:path'
import { Readable } from 'node:stream'

import { untrusted } from '../../http/policies.js'
import { byteRange } from './byte-range.js'
import { contentTypeOf } from './content-type.js'
import type { OpenFile } from './open-file.js'

/**
 * Answers with a file of an attempt, or the range of it that is asked for, and closes it. Nothing of it is kept in
 * memory, and no browser runs anything in it.
 */
export async function sendFile(
  { handle, stats }: OpenFile,
  name: string,
  asked: { readonly range: string | undefined; readonly ifNoneMatch: string | undefined },
): Promise<Response> {
  const { type, inline } = contentTypeOf(name)
  const etag = `"${stats.size.toString(36)}-${Math.trunc(stats.mtimeMs).toString(36)}"`
  const headers: Record<string, string> = {
    ...untrusted,
    'content-type': type,
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encoded(basename(name))}`,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    etag,
  }
  const range = byteRange(asked.range, stats.size)
  if (asked.ifNoneMatch === etag || range === 'unsatisfiable' || stats.size === 0) {
    await handle.close()
    if (asked.ifNoneMatch === etag) return new Response(null, { status: 304, headers })
    if (range !== 'unsatisfiable') return new Response('', { headers })
    const error = JSON.stringify({ error: `the file has ${stats.size} bytes` })
    return new Response(error, {
      status: 416,
      headers: { 'content-type': 'application/json', 'content-range': `bytes */${stats.size}` },
    })
  }
  const { first, last } = range ?? { first: 0, last: stats.size - 1 }
  headers['content-length'] = String(last - first + 1)
  if (range) headers['content-range'] = `bytes ${first}-${last}/${stats.size}`
  // it closes the file when all is read, and when nobody reads on
  const stream = handle.createReadStream({ start: first, end: last })
  const body = Readable.toWeb(stream) as ReadableStream<Uint8Array>
  return new Response(body, { status: range ? 206 : 200, headers })
}

/** As RFC 5987 wants it, which leaves fewer characters than a URL. */
function encoded(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
