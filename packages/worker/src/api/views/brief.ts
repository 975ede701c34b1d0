import {
  Complex,
  NDArray,
  OpaqueObject,
  PyDateTime,
  PyTimeDelta,
  toLosslessJson,
} from '@prompt-papermill/core'

/** How much of a document is shown. */
const bounds = { text: 2000, items: 50, keys: 200, depth: 8, values: 3000 }

/**
 * A value of a document for people, as plain JSON: what is long is cut and says so, and what JSON has no form for
 * becomes text. A Run Start of any size costs little to show.
 */
export function brief(value: unknown): unknown {
  return shorten(value, 0, { left: bounds.values })
}

/** As {@link brief}, of an object. */
export function briefObject(value: object): Record<string, unknown> {
  return brief(value) as Record<string, unknown>
}

/** A text of at most so many characters. */
export function clip(text: string, most = bounds.text): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`
}

/** As {@link clip}, of what may be null. */
export function clipped(text: string | null, most = 300): string | null {
  return text === null ? null : clip(text, most)
}

function shorten(value: unknown, depth: number, budget: { left: number }): unknown {
  budget.left -= 1
  if (typeof value === 'string') return clip(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value ?? null
  if (budget.left <= 0 || depth >= bounds.depth) return '…'
  if (Array.isArray(value)) return shortList(value, depth, budget)
  const text = textOf(value)
  if (text !== null) return text
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  const shown: [string, unknown][] = []
  for (const [key, inner] of entries.slice(0, bounds.keys)) {
    if (budget.left <= 0 || inner === undefined) break
    shown.push([clip(String(key), 200), shorten(inner, depth + 1, budget)])
  }
  if (entries.length > shown.length) shown.push(['…', `${entries.length - shown.length} more`])
  return Object.fromEntries(shown)
}

function shortList(list: readonly unknown[], depth: number, budget: { left: number }): unknown[] {
  const shown: unknown[] = []
  for (const inner of list.slice(0, bounds.items)) {
    if (budget.left <= 0) break
    shown.push(shorten(inner, depth + 1, budget))
  }
  if (list.length > shown.length) shown.push(`… ${list.length - shown.length} more`)
  return shown
}

/** The text that stands for an instance of a class; null for a plain object. */
function textOf(value: object): string | null {
  if (value instanceof NDArray) return `array of ${value.shape.join(' × ')}, ${value.dtype}`
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (value instanceof OpaqueObject) return `${value.module}.${value.name}`
  if (
    value instanceof PyDateTime ||
    value instanceof PyTimeDelta ||
    value instanceof Complex ||
    (Object.getPrototypeOf(value) !== Object.prototype &&
      Object.getPrototypeOf(value) !== null &&
      !(value instanceof Map))
  ) {
    return clip(toLosslessJson(value))
  }
  return null
}
