import type { Decoder } from '../../../../packages/core/src/decode/decoder.js'
import type { DropReason } from '../../../../packages/core/src/decode/frame-reader.js'
import { bytesOf } from '../../../support/bytes.js'
import { text } from '../../../support/pickle-parts.js'

/** What becomes of a hostile frame. */
export type Fate =
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'ignored' }
  /** With this under the key `x` of the document. */
  | { readonly kind: 'delivered'; readonly x: unknown }

/** What Python would read the payload with; `frame` is bluesky's own taking apart. */
export type Serializer = 'pickle' | 'msgpack' | 'json' | 'frame'

/** A frame that no honest publisher sends, and what must become of it. */
export interface HostileFrame {
  /** As in the table of docs/reference/hostile-frames.md. */
  readonly name: string
  readonly serializer: Serializer
  /** A payload, or for `frame` the whole. */
  readonly bytes: Uint8Array
  readonly fate: Fate
  /** For what needs other options than the defaults. */
  readonly decoder?: Decoder
}

/** The frame as it comes over the wire: a Run Start, unless it is whole already. */
export function frameOf({ serializer, bytes }: HostileFrame): Uint8Array {
  return serializer === 'frame' ? bytes : bytesOf(' start ', bytes)
}

export function dropped(reason: DropReason): Fate {
  return { kind: 'dropped', reason }
}

export function delivered(x: unknown): Fate {
  return { kind: 'delivered', x }
}

/** A pickle of a Run Start that has a part of it under `x`. */
export function startOf(...x: readonly (string | Uint8Array)[]): Uint8Array {
  return bytesOf('\x80\x04}(', text('uid'), text('h'), text('time'), 'K\0', text('x'), ...x, 'u.')
}

/** The same in MessagePack. */
export function packedStartOf(...x: readonly (string | Uint8Array)[]): Uint8Array {
  return bytesOf('\x83\xa3uid\xa1h\xa4time\0\xa1x', ...x)
}

/** The same in JSON. */
export function jsonStartOf(x: string): Uint8Array {
  return new TextEncoder().encode(`{"uid": "h", "time": 0, "x": ${x}}`)
}

type Row = readonly [name: string, fate: Fate, bytes: Uint8Array]

/** Frames of one serializer. */
export function framesOf(serializer: Serializer, rows: readonly Row[]): HostileFrame[] {
  return rows.map(([name, fate, bytes]) => ({ name, serializer, fate, bytes }))
}
