import { failure } from '../failure.js'
import { type ElementReader, simpleReader, structureReader, subarrayReader } from './elements.js'

/** One field of a structured dtype. */
export interface Field {
  readonly offset: number
  readonly layout: Layout
}

/** An array as one element of another: `('f4', (2, 3))`. */
export interface Subarray {
  readonly layout: Layout
  readonly shape: readonly number[]
}

/** How the elements of a dtype lie in memory: never changed once it is made, so that none contains itself. */
export interface Layout {
  /** NumPy's character: `b i u f c S U V O M m T`. */
  readonly kind: string
  readonly itemsize: number
  readonly isLittleEndian: boolean
  /** NumPy's `dtype.str`. */
  readonly str: string
  readonly fields: readonly Field[] | undefined
  readonly subarray: Subarray | undefined
  /** How many values one element becomes, with all its fields. */
  readonly values: number
  /** How many of these are objects of the heap. */
  readonly objects: number
  /** How many are strings. */
  readonly texts: number
  /** Whether elements are, or hold, objects: they are pickled as a list of values rather than bytes. */
  readonly holdsObjects: boolean
  /** How deep structures nest in it. */
  readonly depth: number
  /** Reads an element, as a value of a document. */
  readonly read: ElementReader
}

/** Structures nest no deeper than this; NumPy's own tools give up sooner. */
const maxDepth = 16
const maxItemsize = 2 ** 31 - 1
/** The sizes that numbers have; `f` and `c` of more than 8 and 16 bytes are C's long double. */
const sizes: ReadonlyMap<string, readonly number[]> = new Map([
  ['b', [1]],
  ['i', [1, 2, 4, 8]],
  ['u', [1, 2, 4, 8]],
  ['f', [2, 4, 8, 12, 16]],
  ['c', [8, 16, 24, 32]],
  ['M', [8]],
  ['m', [8]],
  ['O', [8]],
  ['T', [16]],
])
/** Layouts of numbers, by their text and byte order: a few hundred that are the same for every document. */
const knownLayouts = new Map<string, Layout>()
const typeString = /^([<>|=]?)([biufcSUVOMmT])(\d{0,10})(\[[^\]]{1,16}\])?$/

/**
 * The layout of a simple dtype from its text, as `numpy.dtype(text)` reads it: `f8`, `<i4`, `|S5`, `<U3`,
 * `<M8[ns]`.
 *
 * @param byteOrder - `<`, `>`, `|` or `=`; replaces the one in `text`.
 * @throws BlueskyError `bad-payload` if NumPy has no such dtype.
 */
export function parseLayout(text: string, byteOrder?: string): Layout {
  const name = byteOrder === undefined ? text : byteOrder + text
  const knownLayout = knownLayouts.get(name)
  if (knownLayout !== undefined) return knownLayout
  const [, ownOrder, kind, size, unit = ''] = typeString.exec(text) ?? []
  if (kind === undefined) throw unknownDtype(text)
  const order = byteOrder ?? ownOrder
  // NumPy counts a str's characters, of four bytes each, and leaves out the size of a pointer
  const itemsize = kind === 'O' ? 8 : Number(size) * (kind === 'U' ? 4 : 1)
  const known = sizes.get(kind)
  if (known === undefined ? itemsize > maxItemsize : !known.includes(itemsize)) {
    throw unknownDtype(text)
  }
  const layout = simpleLayout(kind, itemsize, order !== '>', unit)
  if (known !== undefined && unit === '' && text.length <= 4) knownLayouts.set(name, layout)
  return layout
}

/** The layout of a dtype without fields. */
export function simpleLayout(
  kind: string,
  itemsize: number,
  isLittleEndian: boolean,
  unit = '',
): Layout {
  const hasOrder = !'bSVOT'.includes(kind) && itemsize !== 1
  const order = hasOrder ? (isLittleEndian ? '<' : '>') : '|'
  const size = kind === 'O' ? '' : String(kind === 'U' ? itemsize / 4 : itemsize)
  return {
    kind,
    itemsize,
    isLittleEndian,
    // the one dtype whose `str` is no code
    str: kind === 'T' ? 'StringDType()' : `${order}${kind}${size}${unit}`,
    fields: undefined,
    subarray: undefined,
    values: 1,
    objects: 'cSV'.includes(kind) ? 1 : 0,
    texts: kind === 'U' ? 1 : 0,
    holdsObjects: kind === 'O' || kind === 'T',
    depth: 0,
    read: simpleReader(kind, itemsize, isLittleEndian),
  }
}

/**
 * The layout of a structured dtype.
 *
 * @throws BlueskyError `bad-payload` if a field lies outside; `too-deep` if structures nest too deep.
 */
export function structuredLayout(itemsize: number, fields: readonly Field[]): Layout {
  for (const { offset, layout } of fields) {
    if (!isSize(offset) || offset + layout.itemsize > itemsize) {
      throw failure('bad-payload', 'a NumPy dtype with a field outside of its element')
    }
  }
  return nested(itemsize, fields, {
    fields,
    values: sum(fields, 'values') + 1,
    objects: sum(fields, 'objects') + 1,
    texts: sum(fields, 'texts'),
    read: structureReader(fields),
  })
}

/**
 * The layout of elements that are arrays themselves.
 *
 * @throws BlueskyError `bad-payload` if it isn't of the size said; `too-deep` if structures nest too deep.
 */
export function subarrayLayout(itemsize: number, subarray: Subarray): Layout {
  const { layout, shape } = subarray
  const count = countElements(shape)
  if (count * layout.itemsize !== itemsize || count === 0) {
    throw failure('bad-payload', 'a NumPy dtype whose inner array is not of its size, or empty')
  }
  const lists = countLists(shape)
  return nested(itemsize, [{ layout }], {
    subarray,
    values: layout.values * count + lists,
    objects: layout.objects * count + lists,
    texts: layout.texts * count,
    read: subarrayReader(layout, shape),
  })
}

/** How many lists an array of this shape becomes, one in the other: the product of its first axes, for each. */
function countLists(shape: readonly number[]): number {
  let lists = 0
  let within = 1
  for (const length of shape) {
    lists += within
    within *= length
  }
  return lists
}

/**
 * How many elements an array of this shape has.
 *
 * @throws BlueskyError `bad-payload` if it is no shape, `too-large` beyond 2**53 elements.
 */
export function countElements(shape: readonly unknown[]): number {
  if (shape.length > 64 || !shape.every(isSize)) {
    throw failure('bad-payload', 'a NumPy array whose shape is not up to 64 whole numbers')
  }
  const count = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1)
  if (!Number.isSafeInteger(count)) {
    throw failure('too-large', `a NumPy array of shape [${shape.join(', ')}]`)
  }
  return count
}

/** Whether `value` can be a length, an offset or a size. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function nested(
  itemsize: number,
  inner: readonly { readonly layout: Layout }[],
  own: Partial<Layout>,
): Layout {
  const depth = inner.reduce((deepest, { layout }) => Math.max(deepest, layout.depth), 0) + 1
  if (depth > maxDepth) throw failure('too-deep', `a NumPy dtype nests deeper than ${maxDepth}`)
  const holdsObjects = inner.some(({ layout }) => layout.holdsObjects)
  return { ...simpleLayout('V', itemsize, true), ...own, holdsObjects, depth }
}

function sum(fields: readonly Field[], what: 'values' | 'objects' | 'texts'): number {
  return fields.reduce((total, { layout }) => total + layout[what], 0)
}

function unknownDtype(text: string) {
  return failure('bad-payload', `NumPy has no dtype ${JSON.stringify(text.slice(0, 40))}`)
}
