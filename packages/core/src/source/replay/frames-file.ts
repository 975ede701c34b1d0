import { BlueskyError } from '../../errors/bluesky-error.js'
import { chunksOf, maxPieceBytes } from './chunks.js'

/**
 * The frames of a recording: each a little-endian uint32 length followed by that many bytes.
 *
 * @throws BlueskyError `bad-file` if the file can't be read or is cut short; the whole frames before that
 *   have been yielded.
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

/** Writes the length that goes before a frame in a recording. */
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
