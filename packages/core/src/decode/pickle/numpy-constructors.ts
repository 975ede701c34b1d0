import { NDArray } from '../../documents/values/ndarray.js'
import { failure } from '../failure.js'
import {
  type ArrayContent,
  arrayFromBytes,
  arrayFromList,
  scalarFromBytes,
} from '../numpy/arrays.js'
import { countElements, parseLayout, simpleLayout } from '../numpy/layout.js'
import { bytesOf } from './bytes.js'
import { type BuildContext, type Constructor, PickledDtype, PickledGlobal } from './internal.js'

/** How NumPy's values are pickled: by NumPy 1 from `numpy.core`, by NumPy 2 from `numpy._core`. */
export const numpyConstructors: readonly (readonly [string, Constructor])[] = [
  ['numpy.dtype', makeDtype],
  ...['numpy.core', 'numpy._core'].flatMap((core): [string, Constructor][] => [
    [`${core}.multiarray.scalar`, makeScalar],
    [`${core}.multiarray._reconstruct`, makeEmptyArray],
    [`${core}.numeric._frombuffer`, makeArrayFromBuffer],
    [`${core}._internal._convert_to_stringdtype_kwargs`, makeStringDtype],
  ]),
]

/** `numpy.dtype('f8', False, True)`: its byte order, fields and unit follow as state. */
function makeDtype(args: readonly unknown[]): unknown {
  const [type, ...flags] = args
  if (flags.length > 3 || flags.some((flag) => typeof flag === 'object')) return undefined
  // numpy.record: a structure whose fields follow
  if (type instanceof PickledGlobal) return new PickledDtype(args, simpleLayout('V', 0, true))
  return typeof type === 'string' ? new PickledDtype(args, parseLayout(type)) : undefined
}

function makeStringDtype(args: readonly unknown[]): unknown {
  return new PickledDtype(args, simpleLayout('T', 16, true))
}

/** `scalar(dtype, bytes)`; of an object dtype, the object. */
function makeScalar(args: readonly unknown[], { budget }: BuildContext): unknown {
  const [dtype, content] = args
  if (!(dtype instanceof PickledDtype) || args.length !== 2) return undefined
  if (dtype.layout.kind === 'O') return content
  const bytes = bytesOf(content, budget)
  if (bytes === undefined) throw failure('bad-payload', 'a NumPy scalar without its bytes')
  return scalarFromBytes(dtype.layout, bytes, budget)
}

/** `_reconstruct(class, (0,), b'b')`: an array of nothing, whose content follows as state. */
function makeEmptyArray(args: readonly unknown[]): unknown {
  if (args.length !== 3) return undefined
  return new NDArray('|i1', [0], new Int8Array(0))
}

/** Protocol 5: `_frombuffer(bytes, dtype, shape, order)`. */
function makeArrayFromBuffer(args: readonly unknown[], context: BuildContext): unknown {
  const [content, dtype, shape, order] = args
  if (!(dtype instanceof PickledDtype) || !Array.isArray(shape)) return undefined
  const array = readContent(dtype, shape, content, order === 'F', context)
  return new NDArray(array.dtype, array.shape, array.data)
}

/**
 * Gives an array its content: `ndarray.__setstate__((version, shape, dtype, isFortran, content))`.
 *
 * @throws BlueskyError `bad-payload` if the state isn't of that form.
 */
export function setArrayState(array: NDArray, state: unknown, context: BuildContext): void {
  const parts = Array.isArray(state) ? (state as unknown[]) : []
  // the oldest form has no version
  const [shape, dtype, isFortran, content] = parts.length === 5 ? parts.slice(1) : parts
  if (!(dtype instanceof PickledDtype) || !Array.isArray(shape)) {
    throw failure('bad-payload', 'a NumPy array whose state has no shape and dtype')
  }
  Object.assign(array, readContent(dtype, shape, content, isTrue(isFortran), context))
}

function readContent(
  dtype: PickledDtype,
  shape: readonly unknown[],
  content: unknown,
  isFortran: boolean,
  { budget }: BuildContext,
): ArrayContent {
  countElements(shape)
  const lengths = [...(shape as readonly number[])]
  const { layout } = dtype
  if (layout.holdsObjects && Array.isArray(content)) {
    return arrayFromList(layout, lengths, content, budget)
  }
  const bytes = bytesOf(content, budget)
  if (bytes === undefined) throw failure('bad-payload', 'a NumPy array without its bytes')
  return arrayFromBytes(layout, lengths, bytes, isFortran, budget)
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1
}
