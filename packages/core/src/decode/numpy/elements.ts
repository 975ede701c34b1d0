import { Complex } from '../../documents/values/complex.js'
import { toSafeNumber } from '../../documents/values/numbers.js'
import { failure } from '../failure.js'
import { readFloat16, readLongDouble } from './floats.js'

/** Reads the element at `at` as a value of a document. */
export type ElementReader = (view: DataView, at: number) => unknown

/** Of a layout, what it takes to read elements one after the other. */
interface ElementLayout {
  readonly itemsize: number
  readonly read: ElementReader
}

/** What reads numbers, booleans, strings and bytes. */
export function simpleReader(
  kind: string,
  itemsize: number,
  isLittleEndian: boolean,
): ElementReader {
  switch (kind) {
    case 'b':
      return (view, at) => view.getUint8(at) !== 0
    case 'i':
    case 'M':
    case 'm':
      return signedReader(itemsize, isLittleEndian)
    case 'u':
      return unsignedReader(itemsize, isLittleEndian)
    case 'f':
      return floatReader(itemsize, isLittleEndian)
    case 'c': {
      const read = floatReader(itemsize / 2, isLittleEndian)
      return (view, at) => new Complex(read(view, at), read(view, at + itemsize / 2))
    }
    case 'U':
      return (view, at) => readText(view, at, itemsize, isLittleEndian)
    case 'S':
      return (view, at) => readBytes(view, at, unpaddedLength(view, at, itemsize))
    case 'V':
      return (view, at) => readBytes(view, at, itemsize)
    default:
      return () => {
        throw failure('bad-payload', 'a NumPy array of objects whose elements are bytes')
      }
  }
}

/** What reads a structure, as a list of its fields. */
export function structureReader(
  fields: readonly { readonly offset: number; readonly layout: ElementLayout }[],
): ElementReader {
  return (view, at) => fields.map(({ offset, layout }) => layout.read(view, at + offset))
}

/** What reads an array inside of an element, as nested lists. */
export function subarrayReader(layout: ElementLayout, shape: readonly number[]): ElementReader {
  const [length, ...rest] = shape
  if (length === undefined) return layout.read
  const read = subarrayReader(layout, rest)
  const stride = rest.reduce((product, size) => product * size, layout.itemsize)
  return (view, at) => Array.from({ length }, (_, i) => read(view, at + i * stride))
}

function signedReader(size: number, littleEndian: boolean): ElementReader {
  switch (size) {
    case 1:
      return (view, at) => view.getInt8(at)
    case 2:
      return (view, at) => view.getInt16(at, littleEndian)
    case 4:
      return (view, at) => view.getInt32(at, littleEndian)
    default:
      return (view, at) => toSafeNumber(view.getBigInt64(at, littleEndian))
  }
}

function unsignedReader(size: number, littleEndian: boolean): ElementReader {
  switch (size) {
    case 1:
      return (view, at) => view.getUint8(at)
    case 2:
      return (view, at) => view.getUint16(at, littleEndian)
    case 4:
      return (view, at) => view.getUint32(at, littleEndian)
    default:
      return (view, at) => toSafeNumber(view.getBigUint64(at, littleEndian))
  }
}

function floatReader(size: number, littleEndian: boolean): (view: DataView, at: number) => number {
  switch (size) {
    case 2:
      return (view, at) => readFloat16(view, at, littleEndian)
    case 4:
      return (view, at) => view.getFloat32(at, littleEndian)
    case 8:
      return (view, at) => view.getFloat64(at, littleEndian)
    default:
      return (view, at) => readLongDouble(view, at, littleEndian, size)
  }
}

/** Four bytes a character, padded with NULs. */
function readText(view: DataView, at: number, size: number, littleEndian: boolean): string {
  let end = at + size
  while (end > at && view.getUint32(end - 4, littleEndian) === 0) end -= 4
  let text = ''
  for (let i = at; i < end; i += 4) {
    const codePoint = view.getUint32(i, littleEndian)
    if (codePoint > 0x10ffff) throw failure('bad-payload', 'a NumPy str with a bad character')
    text += String.fromCodePoint(codePoint)
  }
  return text
}

function unpaddedLength(view: DataView, at: number, size: number): number {
  let length = size
  while (length > 0 && view.getUint8(at + length - 1) === 0) length--
  return length
}

function readBytes(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length)
}
