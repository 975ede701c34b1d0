import { endianness } from 'node:os'
import { basename } from 'node:path'

import type { NDArray } from '../../documents/values/ndarray.js'
import type { ArrayReference } from '../../documents/values/plain-json.js'
import type { Backlog } from './backlog.js'
import { GrowingFile } from './growing-file.js'

/** Arrays from so many bytes on are kept beside the documents: as text they are three times as long, and slow to read. */
const leastBytes = 65_536
/** Where an array begins in the file is a multiple of this, in bytes: no element is longer. */
const alignment = 16
const machineOrder = endianness() === 'LE' ? '<' : '>'

/** The file with a run's large arrays, one behind the other; there is none unless there are any. */
export class ArrayFile {
  readonly #path: string
  readonly #backlog: Backlog
  #file: GrowingFile | undefined
  #length = 0

  constructor(path: string, backlog: Backlog) {
    this.#path = path
    this.#backlog = backlog
  }

  /**
   * Keeps an array if it is large and has a typed array.
   *
   * @returns what stands for it in its document, for `numpy.memmap`; undefined for an array that is not kept here.
   * @throws BlueskyError `full` if too much waits to be written.
   */
  keep(array: NDArray): ArrayReference | undefined {
    const { data, shape } = array
    if (!ArrayBuffer.isView(data) || data.byteLength < leastBytes) return undefined
    const length = shape.reduce((product, size) => product * size, 1)
    // says itself what is wrong with it when it is written as lists
    if (length !== data.length) return undefined
    this.#file ??= new GrowingFile(this.#path, `${this.#path}.partial`, this.#backlog)
    const offset = this.#length
    this.#file.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    const padding = -data.byteLength & (alignment - 1)
    if (padding > 0) this.#file.write(new Uint8Array(padding))
    this.#length += data.byteLength + padding
    return { __array__: basename(this.#path), offset, dtype: machineDtype(array.dtype), shape }
  }

  async finish(): Promise<void> {
    await this.#file?.finish()
  }

  async publish(): Promise<void> {
    await this.#file?.publish()
  }

  async discard(): Promise<void> {
    await this.#file?.discard()
  }
}

/** The data of an array is in this machine's byte order, whatever it had been in Python. */
function machineDtype(dtype: string): string {
  return dtype.replace(/^[<>]/, machineOrder)
}
