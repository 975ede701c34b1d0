import { BlueskyError } from '../errors/bluesky-error.js'

/** A frame taken apart; `payload` is a view of the frame's bytes, not a copy. */
export interface Frame {
  readonly prefix: string
  readonly name: string
  readonly payload: Uint8Array
}

const space = 0x20
const latin1 = new TextDecoder('latin1')
const utf8 = new TextEncoder()

/**
 * Splits a frame, `prefix SP name SP payload`, at its first two spaces. Mirrors
 * `bluesky.callbacks.zmq.RemoteDispatcher._poll`.
 *
 * Prefix and name are read as Latin-1, so that any byte has a character and none is lost.
 *
 * @throws BlueskyError `bad-payload` if there are no two spaces.
 * @example
 * ```ts
 * import { splitFrame } from '@prompt-papermill/core'
 *
 * const { prefix, name } = splitFrame(new TextEncoder().encode('jpls start {"uid": "a", "time": 0}'))
 * console.log(prefix, name) // jpls start
 * ```
 */
export function splitFrame(frame: Uint8Array): Frame {
  const first = frame.indexOf(space)
  const second = first < 0 ? -1 : frame.indexOf(space, first + 1)
  if (second < 0) {
    throw new BlueskyError(
      'bad-payload',
      'a frame is "prefix SP name SP payload", and this one has no two spaces; is the publisher bluesky\'s?',
    )
  }
  return {
    prefix: latin1.decode(frame.subarray(0, first)),
    name: latin1.decode(frame.subarray(first + 1, second)),
    payload: frame.subarray(second + 1),
  }
}

/**
 * Joins a frame. Mirrors `bluesky.callbacks.zmq.Publisher.__call__`.
 *
 * @throws BlueskyError `bad-option` if the prefix or name has a space, which would move the payload.
 */
export function joinFrame({ prefix, name, payload }: Frame): Uint8Array {
  for (const part of [prefix, name]) {
    if (part.includes(' ')) {
      throw new BlueskyError('bad-option', `a prefix or name can't contain a space: "${part}"`)
    }
  }
  const head = utf8.encode(`${prefix} ${name} `)
  const frame = new Uint8Array(head.length + payload.length)
  frame.set(head)
  frame.set(payload, head.length)
  return frame
}
