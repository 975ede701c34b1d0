import { createReadStream } from 'node:fs'

import { BlueskyError } from '../../errors/bluesky-error.js'

/** The longest frame or line that a recording may hold, in bytes. */
export const maxPieceBytes = 1024 * 1024 * 1024

/**
 * A file's bytes, piece by piece.
 *
 * @throws BlueskyError `bad-file` if the file can't be read.
 */
export async function* chunksOf(path: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      yield chunk as Buffer
    }
  } catch (cause) {
    throw new BlueskyError('bad-file', `${path} can't be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/**
 * A file's lines as bytes, without their ends, numbered from 1.
 *
 * Node's own reader of lines also ends them at U+2028 and U+2029, which JSON has inside strings.
 *
 * @throws BlueskyError `bad-file` if the file can't be read, or has a line beyond all measure.
 */
export async function* linesOf(path: string): AsyncGenerator<[Buffer, number], void, undefined> {
  let number = 0
  let parts: Buffer[] = []
  let held = 0
  for await (const chunk of chunksOf(path)) {
    let from = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      yield [Buffer.concat([...parts, chunk.subarray(from, end)]), (number += 1)]
      parts = []
      held = 0
      from = end + 1
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
    held += chunk.length - from
    if (held > maxPieceBytes) {
      throw new BlueskyError(
        'bad-file',
        `${path} is no JSONL: line ${number + 1} has more than ${maxPieceBytes} bytes`,
      )
    }
  }
  if (held > 0) yield [Buffer.concat(parts), number + 1]
}
