import { BlueskyError } from '../../errors/bluesky-error.js'
import { chunksOf, maxPieceBytes } from './chunks.js'

/**
 * The frames of a recording: each a little-endian uint32 length followed by that many bytes, as
 * `prompt-papermill tap --record` writes them. Read piece by piece, so that a recording may be longer than memory.
 *
 * @param path - the recording
 * @throws BlueskyError `bad-file` if the file can't be read, is cut short or no such recording; the whole
 *   frames before that have been yielded.
 *
 * @example
 * ```ts
 * import { readFrames, splitFrame } from '@prompt-papermill/core'
 *
 * for await (const frame of readFrames('run.frames')) {
 *   console.log(splitFrame(frame).name) // start
 *   break
 * }
 * ```
 */
export async function* readFrames(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  let parts: Buffer[] = []
  let held = 0
  let needed = 4
  for await (const chunk of chunksOf(path)) {
    parts.push(chunk)
    held += chunk.length
    if (held < needed) continue
    rest = parts.length === 1 ? chunk : Buffer.concat(parts)
    let at = 0
    for (;;) {
      needed = rest.length - at >= 4 ? 4 + frameLength(rest, at, path, offset) : 4
      if (rest.length - at < needed) break
      yield rest.subarray(at + 4, at + needed)
      at += needed
      offset += needed
    }
    rest = rest.subarray(at)
    parts = rest.length > 0 ? [rest] : []
    held = rest.length
  }
  if (held > 0) {
    throw new BlueskyError(
      'bad-file',
      `${path} is cut short: at byte ${offset} a frame begins, of which ${held} of ${needed} bytes are there`,
    )
  }
}

/**
 * The length that goes before a frame in a recording: four bytes, little-endian.
 *
 * @param frame - at most 4 GiB
 *
 * @example Recording what a source receives
 * ```ts
 * import { createWriteStream } from 'node:fs'
 *
 * import { frameHeader, RemoteDispatcher } from '@prompt-papermill/core'
 *
 * const file = createWriteStream('night.frames')
 * const source = new RemoteDispatcher('localhost:5578')
 * source.onFrame((frame) => {
 *   file.write(frameHeader(frame))
 *   file.write(frame)
 * })
 * await source.start()
 * for await (const { name } of source) if (name === 'stop') break
 * await source.stop()
 * file.end()
 * ```
 */
export function frameHeader(frame: Uint8Array): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt32LE(frame.length)
  return header
}

function frameLength(bytes: Buffer, at: number, path: string, offset: number): number {
  const length = bytes.readUInt32LE(at)
  if (length > maxPieceBytes) {
    throw new BlueskyError(
      'bad-file',
      `${path} is no recording of frames: at byte ${offset} it names a frame of ${length} bytes`,
    )
  }
  return length
}
