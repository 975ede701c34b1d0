import { open } from 'node:fs/promises'
import { join } from 'node:path'

import { Budget } from '../../decode/budget.js'
import { arrayFromBytes } from '../../decode/numpy/arrays.js'
import { parseLayout } from '../../decode/numpy/layout.js'
import { NDArray } from '../../documents/values/ndarray.js'
import { BlueskyError } from '../../errors/bluesky-error.js'

/** What a documents file has in place of a large array; see `documentsSpool`. */
interface Reference {
  readonly __array__: string
  readonly offset: number
  readonly dtype: string
  readonly shape: readonly number[]
}

/** As `documentsSpool` names the file with a run's arrays: nothing that leads to another folder. */
const fileName = /^[^/\\\0]+\.[0-9a-f]{8}\.arrays$/

/**
 * Puts the arrays back that a documents file keeps beside it.
 *
 * @param folder - where the documents file is.
 * @returns the value itself if it refers to none.
 * @throws BlueskyError `bad-file` if an array isn't there.
 */
export async function withKeptArrays(value: unknown, folder: string): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value
  if (isReference(value)) return readArray(value, folder)
  const filled = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await withKeptArrays(item, folder)]),
  )
  if (Array.isArray(value)) return filled.map(([, item]) => item)
  return Object.fromEntries(filled) as unknown
}

function isReference(value: object): value is Reference {
  const { __array__: file, offset, dtype, shape } = value as Partial<Reference>
  return (
    typeof file === 'string' &&
    fileName.test(file) &&
    Number.isSafeInteger(offset) &&
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0)
  )
}

async function readArray(reference: Reference, folder: string): Promise<NDArray> {
  const { offset, dtype, shape } = reference
  const path = join(folder, reference.__array__)
  try {
    const layout = parseLayout(dtype)
    const bytes = await readBytes(path, offset, layout.itemsize * shape.reduce((a, b) => a * b, 1))
    const budget = new Budget()
    budget.reset(bytes.length)
    const content = arrayFromBytes(layout, shape, bytes, false, budget)
    return new NDArray(content.dtype, content.shape, content.data)
  } catch (cause) {
    const message = `the array at byte ${offset} of ${path} can't be read: ${(cause as Error).message}`
    throw new BlueskyError('bad-file', message, { cause })
  }
}

async function readBytes(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    // before memory is taken for it
    if (offset + length > size) throw new Error(`the file has ${size} bytes`)
    const bytes = new Uint8Array(length)
    let read = 0
    while (read < length) {
      const { bytesRead } = await file.read(bytes, read, length - read, offset + read)
      if (bytesRead === 0) throw new Error('the file became shorter')
      read += bytesRead
    }
    return bytes
  } finally {
    await file.close()
  }
}
