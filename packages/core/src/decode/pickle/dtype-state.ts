import type { Budget } from '../budget.js'
import { type Dict, isDict } from '../dicts.js'
import { failure } from '../failure.js'
import {
  type Field,
  type Layout,
  countElements,
  isSize,
  parseLayout,
  simpleLayout,
  structuredLayout,
  subarrayLayout,
} from '../numpy/layout.js'
import { PickledDtype } from './internal.js'

/**
 * Completes a dtype: `dtype.__setstate__((version, byteorder, subdtype, names, fields, itemsize,
 * alignment, flags[, metadata]))`.
 *
 * @throws BlueskyError `bad-payload` if the state isn't of that form.
 */
export function setDtypeState(dtype: PickledDtype, state: unknown, budget: Budget): void {
  if (!Array.isArray(state) || state.length < 7) throw badState()
  const [, order, subdtype, names, fields, itemsize] = state as unknown[]
  if (order !== '<' && order !== '>' && order !== '|' && order !== '=') throw badState()
  const { layout } = dtype
  if (Array.isArray(subdtype)) {
    dtype.layout = readSubarray(subdtype, itemsize)
  } else if (Array.isArray(names)) {
    // a name, a field and what is made of them
    budget.takeCopy(32 * names.length)
    dtype.layout = readFields(names, fields, itemsize)
  } else if ('SUV'.includes(layout.kind)) {
    if (!isSize(itemsize) || itemsize > 2 ** 31 || (layout.kind === 'U' && itemsize % 4 !== 0)) {
      throw badState()
    }
    dtype.layout = simpleLayout(layout.kind, itemsize, order !== '>')
  } else {
    const { kind, itemsize: size } = layout
    dtype.layout = parseLayout(`${kind}${size}${readUnit(state[8])}`, order)
  }
}

/** `(dtype, shape)`. */
function readSubarray([base, shape]: readonly unknown[], itemsize: unknown): Layout {
  const lengths = Array.isArray(shape) ? (shape as readonly unknown[]) : [shape]
  if (!(base instanceof PickledDtype) || !isSize(itemsize)) throw badState()
  countElements(lengths)
  return subarrayLayout(itemsize, { layout: base.layout, shape: [...lengths] as number[] })
}

/** Each name's `(dtype, offset[, title])`. */
function readFields(names: readonly unknown[], fields: unknown, itemsize: unknown): Layout {
  if (!isSize(itemsize) || !isDict(fields)) throw badState()
  return structuredLayout(
    itemsize,
    names.map((name): Field => {
      const field = fieldOf(fields, name)
      const [dtype, offset] = Array.isArray(field) ? (field as unknown[]) : []
      if (!(dtype instanceof PickledDtype) || !isSize(offset)) throw badState()
      return { layout: dtype.layout, offset }
    }),
  )
}

function fieldOf(fields: Dict, name: unknown): unknown {
  if (fields instanceof Map) return fields.get(name)
  return typeof name === 'string' && Object.hasOwn(fields, name) ? fields[name] : undefined
}

/** `(metadata, (unit, count, 1, 1))` of a datetime64 or timedelta64, as `[25s]`. */
function readUnit(metadata: unknown): string {
  if (!Array.isArray(metadata) || !Array.isArray(metadata[1])) return ''
  const [name, count] = metadata[1] as unknown[]
  const unit = name instanceof Uint8Array ? String.fromCharCode(...name.subarray(0, 8)) : name
  if (typeof unit !== 'string' || !/^[A-Za-zμ]{1,8}$/.test(unit) || !isSize(count)) return ''
  return unit === 'generic' ? '' : `[${count === 1 ? '' : count}${unit}]`
}

function badState() {
  return failure('bad-payload', 'a NumPy dtype whose state is not one that NumPy writes')
}
