import { failure } from '../failure.js'
import {
  type Field,
  type Layout,
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
export function setDtypeState(dtype: PickledDtype, state: unknown): void {
  if (!Array.isArray(state) || state.length < 7) throw badState()
  const [, order, subdtype, names, fields, itemsize] = state as unknown[]
  if (order !== '<' && order !== '>' && order !== '|' && order !== '=') throw badState()
  const { layout } = dtype
  if (Array.isArray(subdtype)) {
    dtype.layout = readSubarray(subdtype, itemsize)
  } else if (Array.isArray(names)) {
    dtype.layout = readFields(names, fields, itemsize)
  } else if ('SUV'.includes(layout.kind)) {
    if (!isSize(itemsize) || itemsize > 2 ** 31 || (layout.kind === 'U' && itemsize % 4 !== 0)) {
      throw badState()
    }
    dtype.layout = simpleLayout(layout.kind, itemsize, order !== '>')
  } else {
    dtype.layout = numberLayout(layout, order, readUnit(state[8]))
  }
}

function numberLayout({ kind, itemsize }: Layout, order: string, unit: string): Layout {
  return kind === 'T'
    ? simpleLayout(kind, itemsize, true)
    : parseLayout(`${kind}${itemsize}${unit}`, order)
}

/** `(dtype, shape)`. */
function readSubarray([base, shape]: readonly unknown[], itemsize: unknown): Layout {
  const lengths = Array.isArray(shape) ? (shape as readonly number[]) : [shape as number]
  if (!(base instanceof PickledDtype) || !isSize(itemsize)) throw badState()
  return subarrayLayout(itemsize, { layout: base.layout, shape: [...lengths] })
}

/** Each name's `(dtype, offset[, title])`. */
function readFields(names: readonly unknown[], fields: unknown, itemsize: unknown): Layout {
  if (!isSize(itemsize) || typeof fields !== 'object' || fields === null) throw badState()
  const byName = new Map<unknown, unknown>(Object.entries(fields))
  return structuredLayout(
    itemsize,
    names.map((name): Field => {
      const field = byName.get(name)
      const [dtype, offset] = Array.isArray(field) ? (field as unknown[]) : []
      if (!(dtype instanceof PickledDtype) || !isSize(offset)) throw badState()
      return { layout: dtype.layout, offset }
    }),
  )
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
