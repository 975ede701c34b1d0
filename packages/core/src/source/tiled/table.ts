import type * as Flechette from '@uwdata/flechette'

import { BlueskyError } from '../../errors/bluesky-error.js'

/** A table, read. */
export interface Table {
  readonly rows: number
  readonly columns: readonly string[]
  /** The values of a column from one row to before another; null for each where there is no such column. */
  slice(column: string, from: number, to: number): unknown[]
}

/**
 * Reads an Arrow file, of which flechette knows how.
 *
 * @throws BlueskyError `missing-library` if flechette is not installed, `bad-payload` for other bytes.
 */
export async function readTable(bytes: Uint8Array): Promise<Table> {
  const { tableFromIPC } = await flechette()
  let table: ReturnType<typeof tableFromIPC>
  try {
    table = tableFromIPC(bytes, { useBigInt: true })
  } catch (cause) {
    throw new BlueskyError('bad-payload', 'what should be an Arrow file is none', { cause })
  }
  return {
    rows: table.numRows,
    columns: table.names,
    slice(name, from, to) {
      const column = table.names.includes(name) ? table.getChild(name) : null
      return Array.from({ length: to - from }, (_, i) =>
        column ? toValue(column.at(from + i)) : null,
      )
    },
  }
}

async function flechette(): Promise<typeof Flechette> {
  try {
    return await import('@uwdata/flechette')
  } catch (cause) {
    throw new BlueskyError(
      'missing-library',
      "tables of a Tiled server are read with flechette, which is not installed: npm install '@uwdata/flechette'",
      { cause },
    )
  }
}

/** A value as documents have it: plain arrays, and a bigint only where a number could not hold it. */
function toValue(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array)) {
    return Array.from(value as unknown as ArrayLike<unknown>, toValue)
  }
  if (Array.isArray(value)) return value.map(toValue)
  return value ?? null
}
