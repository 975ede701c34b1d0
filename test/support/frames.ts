import { type DocumentMessage, joinFrame, toPlainJson } from '@prompt-papermill/core'

/** A document as a frame with a JSON payload. */
export function frameOf({ name, doc }: DocumentMessage, prefix = ''): Uint8Array {
  return joinFrame({ prefix, name, payload: new TextEncoder().encode(toPlainJson(doc)) })
}

/** Frames as a recording holds them. */
export function recording(frames: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => {
      const header = Buffer.alloc(4)
      header.writeUInt32LE(frame.length)
      return [header, frame]
    }),
  )
}
