import { type ElementArray, elementArrayFor } from '../../documents/values/typed-arrays.js'
import type { Budget } from '../budget.js'
import { failure } from '../failure.js'
import { type Layout, countElements } from './layout.js'
import { fromFortranOrder, reorderBytes, swapBytes } from './order.js'

const machineIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** An array's elements with their dtype: what becomes of raw bytes. */
export interface ArrayContent {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: ElementArray | readonly unknown[]
}

/**
 * The content of an array from its raw bytes: a view of them where they lie right, else one copy.
 *
 * @param bytes - all elements, in C order or, if `isFortran`, in that.
 * @throws BlueskyError `bad-payload` if bytes and shape disagree, `too-large` if they expand too much.
 */
export function arrayFromBytes(
  layout: Layout,
  shape: readonly number[],
  bytes: Uint8Array,
  isFortran: boolean,
  budget: Budget,
): ArrayContent {
  const count = takeShape(layout, shape, budget)
  if (count * layout.itemsize !== bytes.length) {
    throw failure(
      'bad-payload',
      `a NumPy array of shape [${shape.join(', ')}] and ${layout.itemsize} bytes an element has ${bytes.length} bytes`,
    )
  }
  const ordered = isFortran && shape.length > 1
  const data =
    elementArrayFor(`${layout.kind}${layout.itemsize}`) === undefined
      ? listElements(layout, count, bytes, ordered ? shape : undefined, budget)
      : viewElements(layout, count, bytes, ordered ? shape : undefined, budget)
  return { dtype: layout.str, shape, data }
}

/**
 * The content of an array whose elements came as a list of values, which is always in C order: objects,
 * and structures with objects.
 */
export function arrayFromList(
  layout: Layout,
  shape: readonly number[],
  list: readonly unknown[],
  budget: Budget,
): ArrayContent {
  const count = takeShape(layout, shape, budget)
  if (count !== list.length) {
    throw failure('bad-payload', `a NumPy array of ${count} elements has ${list.length} of them`)
  }
  budget.takeCopy(8 * count)
  // what is added to the list later is no part of the array
  return { dtype: layout.str, shape, data: list.slice() }
}

/** A NumPy scalar from its raw bytes, as a value of a document. */
export function scalarFromBytes(layout: Layout, bytes: Uint8Array, budget: Budget): unknown {
  if (bytes.length !== layout.itemsize) {
    throw failure('bad-payload', `a NumPy ${layout.str} of ${bytes.length} bytes`)
  }
  if (layout.objects === 0 && bytes.length <= scratch.length) {
    // most scalars are numbers: a view of their own would cost more than they do
    for (let i = 0; i < bytes.length; i++) scratch[i] = bytes[i] as number
    return layout.read(scratchView, 0)
  }
  takeElements(layout, 1, budget)
  budget.takeCopy(bytes.length)
  return layout.read(viewOf(bytes), 0)
}

const scratch = new Uint8Array(16)
const scratchView = viewOf(scratch)

/** Asks the budget for what a shape implies beyond its bytes; returns the number of elements. */
function takeShape(layout: Layout, shape: readonly number[], budget: Budget): number {
  const count = countElements(shape)
  // an element of no bytes, or a list of lists of nothing, would cost the payload nothing
  if (layout.itemsize === 0) budget.takeEmpty(count)
  if (count === 0) {
    const lists = shape.slice(0, shape.indexOf(0)).reduce((product, length) => product * length, 1)
    budget.takeEmpty(lists - 1)
  }
  return count
}

function takeElements(layout: Layout, count: number, budget: Budget): void {
  budget.takeElements(layout.values * count)
  budget.takeObjects(layout.objects * count)
  budget.takeTexts(layout.texts * count)
}

function listElements(
  layout: Layout,
  count: number,
  bytes: Uint8Array,
  fortranShape: readonly number[] | undefined,
  budget: Budget,
): readonly unknown[] {
  takeElements(layout, count, budget)
  budget.takeCopy(bytes.length)
  const view = viewOf(bytes)
  const list: unknown[] = []
  for (let i = 0; i < count; i++) list.push(layout.read(view, i * layout.itemsize))
  return fortranShape === undefined ? list : fromFortranOrder(list, fortranShape)
}

function viewElements(
  layout: Layout,
  count: number,
  bytes: Uint8Array,
  fortranShape: readonly number[] | undefined,
  budget: Budget,
): ElementArray {
  const { kind, itemsize, isLittleEndian } = layout
  const ElementArray = elementArrayFor(`${kind}${itemsize}`)
  if (ElementArray === undefined) throw new TypeError(`no typed array for ${layout.str}`)
  const isSwapped = itemsize > 1 && isLittleEndian !== machineIsLittleEndian
  const isAligned = bytes.byteOffset % itemsize === 0
  let source = bytes
  if (fortranShape !== undefined || isSwapped || !isAligned) {
    budget.takeCopy(bytes.length)
    source =
      fortranShape === undefined ? bytes.slice() : reorderBytes(bytes, itemsize, fortranShape)
    if (isSwapped) swapBytes(source, itemsize)
  }
  return new ElementArray(source.buffer, source.byteOffset, count)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
