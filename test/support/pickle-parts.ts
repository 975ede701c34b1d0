import { bytesOf, uint16, uint32 } from './bytes.js'

/** Parts of hand-made pickles, in the opcodes of protocol 4. */

/** A short string. */
export function text(value: string): Uint8Array {
  return bytesOf('\x8c', Uint8Array.of(value.length), value)
}

/** A class or function by name. */
export function named(module: string, name: string): Uint8Array {
  return bytesOf(text(module), text(name), '\x93')
}

/** A whole number. */
export function whole(value: number): Uint8Array {
  if (value >= 0 && value < 256) return bytesOf('K', Uint8Array.of(value))
  if (value >= 0 && value < 65536) return bytesOf('M', uint16(value))
  if (value >= -(2 ** 31) && value < 2 ** 31) return bytesOf('J', uint32(value >>> 0))
  return bytesOf('\x8a\x08', new Uint8Array(BigInt64Array.of(BigInt(value)).buffer))
}

/** A tuple of parts. */
export function tuple(...parts: readonly Uint8Array[]): Uint8Array {
  return bytesOf('(', ...parts, 't')
}

/** Bytes. */
export function raw(value: string | Uint8Array): Uint8Array {
  const content = bytesOf(value)
  return bytesOf('B', uint32(content.length), content)
}

/** A dtype with its state. */
export function dtype(code: string, options: DtypeOptions = {}): Uint8Array {
  const { order = '<', subdtype = none, names = none, fields = none, itemsize = -1 } = options
  const state = tuple(
    whole(3),
    text(order),
    subdtype,
    names,
    fields,
    whole(itemsize),
    whole(-1),
    whole(0),
  )
  return bytesOf(named('numpy', 'dtype'), tuple(text(code)), 'R', state, 'b')
}

/** What a dtype's state says beyond the byte order. */
export interface DtypeOptions {
  order?: string
  subdtype?: Uint8Array
  names?: Uint8Array
  fields?: Uint8Array
  itemsize?: number
}

/** A structured dtype; each field with its dtype and offset. */
export function structure(
  itemsize: number,
  fields: Readonly<Record<string, readonly [type: Uint8Array, offset: number]>>,
): Uint8Array {
  const names = tuple(...Object.keys(fields).map(text))
  const items = Object.entries(fields).map(([name, [type, offset]]) =>
    bytesOf(text(name), tuple(type, whole(offset))),
  )
  return dtype(`V${itemsize}`, {
    order: '|',
    names,
    fields: bytesOf('}(', ...items, 'u'),
    itemsize,
  })
}

/** An array of a dtype, shape and content, both as parts. */
export function array(
  type: Uint8Array,
  shape: readonly number[],
  content: Uint8Array,
  isFortran = false,
): Uint8Array {
  const empty = tuple(named('numpy', 'ndarray'), tuple(whole(0)), raw('b'))
  const state = tuple(
    whole(1),
    tuple(...shape.map(whole)),
    type,
    isFortran ? bytesOf('\x88') : bytesOf('\x89'),
    content,
  )
  return bytesOf(named('numpy._core.multiarray', '_reconstruct'), empty, 'R', state, 'b')
}

/** A whole pickle of one value. */
export function pickleOf(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return bytesOf('\x80\x04', ...parts, '.')
}

const none = bytesOf('N')
