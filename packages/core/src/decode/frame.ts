import { documentNames } from '../documents/messages.js'
import { BlueskyError } from '../errors/bluesky-error.js'

/** A frame taken apart; `payload` is a view of the frame's bytes, not a copy. */
export interface Frame {
  /** What stands before the first space: `''` unless the publisher was given one. */
  readonly prefix: string
  /** The document's name, such as `start`. */
  readonly name: string
  /** The document, as the publisher's serializer wrote it. */
  readonly payload: Uint8Array
}

const space = 0x20
const latin1 = new TextDecoder('latin1')
const utf8 = new TextEncoder()
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Of which there are most first. */
const names: readonly string[] = ['event', ...documentNames]

/**
 * Splits a frame, `prefix SP name SP payload`, at its first two spaces. Mirrors
 * `bluesky.callbacks.zmq.RemoteDispatcher._poll`.
 *
 * The prefix is read as UTF-8, and as Latin-1 where it is none, so that any byte has a character and none is lost.
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
    prefix: first === 0 ? '' : readPrefix(frame.subarray(0, first)),
    name: readName(frame, first + 1, second),
    payload: frame.subarray(second + 1),
  }
}

function readPrefix(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return latin1.decode(bytes)
  }
}

/** The bytes from `from` to before `to` as text. A document's name is told by its bytes, since every frame has one. */
function readName(frame: Uint8Array, from: number, to: number): string {
  const known = names.find(
    (name) =>
      name.length === to - from && name.charCodeAt(0) === frame[from] && isAt(frame, from, name),
  )
  return known ?? latin1.decode(frame.subarray(from, to))
}

function isAt(frame: Uint8Array, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (frame[at + i] !== name.charCodeAt(i)) return false
  return true
}

/**
 * Joins a frame, `prefix SP name SP payload`. Mirrors `bluesky.callbacks.zmq.Publisher.__call__`.
 *
 * @returns a copy of the payload with the rest before it.
 * @throws BlueskyError `bad-option` if the prefix or name has a space, which would move the payload.
 * @example
 * ```ts
 * import { encodePayload, joinFrame } from '@prompt-papermill/core'
 *
 * const payload = encodePayload({ uid: 'a', time: 0 }, 'json')
 * const frame = joinFrame({ prefix: 'jpls', name: 'start', payload })
 * console.log(new TextDecoder().decode(frame)) // jpls start {"uid":"a","time":0}
 * ```
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
