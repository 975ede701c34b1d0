import { Complex } from '../../documents/values/complex.js'
import { NDArray } from '../../documents/values/ndarray.js'
import { PyDateTime } from '../../documents/values/py-datetime.js'
import { arrayBytes, misfitOf } from './array-bytes.js'
import { PickleWriter } from './pickle-writer.js'
import { ValueWriter } from './value-writer.js'

const utf8 = new TextEncoder()

/** Writes MessagePack, with arrays and complex numbers as `msgpack_numpy.encode` writes them. */
export class MsgpackWriter extends ValueWriter {
  protected readonly format = 'MessagePack'

  protected writeNull(): void {
    this.out.uint8(0xc0)
  }

  protected writeBoolean(value: boolean): void {
    this.out.uint8(value ? 0xc3 : 0xc2)
  }

  protected writeInteger(value: bigint): void {
    if (value >= -0x20n && value < 0x80n) {
      this.out.uint8(Number(value) & 0xff)
    } else if (BigInt.asUintN(64, value) === value) {
      this.out.uint8(0xcf)
      this.out.uint64(value, false)
    } else if (BigInt.asIntN(64, value) === value) {
      this.out.uint8(0xd3)
      this.out.uint64(value, false)
    } else {
      throw this.refuse('an integer of more than 64 bits')
    }
  }

  protected writeFloat(value: number): void {
    this.out.uint8(0xcb)
    this.out.float64(value)
  }

  protected writeText(value: string): void {
    const bytes = utf8.encode(value)
    if (bytes.length < 32) this.out.uint8(0xa0 | bytes.length)
    else this.#writeHead(0xdb, bytes.length)
    this.out.bytes(bytes)
  }

  protected writeList(items: readonly unknown[]): void {
    if (items.length < 16) this.out.uint8(0x90 | items.length)
    else this.#writeHead(0xdd, items.length)
    items.forEach((item, i) => this.writePart(i, item))
  }

  protected writeDict(items: readonly (readonly [unknown, unknown])[]): void {
    if (items.length < 16) this.out.uint8(0x80 | items.length)
    else this.#writeHead(0xdf, items.length)
    for (const [key, value] of items) {
      if (typeof key === 'object' && key !== null && !(key instanceof Uint8Array)) {
        throw this.refuse('a dict with a container as a key')
      }
      this.write(key)
      this.writeItem(key, value)
    }
  }

  protected writeObject(value: object): boolean {
    if (value instanceof Uint8Array) this.#writeBytes(value)
    else if (value instanceof NDArray) this.#writeArray(value)
    else if (value instanceof PyDateTime) this.#writeTimestamp(value)
    else if (value instanceof Complex) {
      this.#writeMarked({ complex: true, data: representation(value) })
    } else return false
    return true
  }

  #writeHead(code: number, length: number): void {
    this.out.uint8(code)
    this.out.uint32(length, false)
  }

  #writeBytes(bytes: Uint8Array): void {
    this.#writeHead(0xc6, bytes.length)
    this.out.bytes(bytes)
  }

  /** A map whose keys are bytes. */
  #writeMarked(items: Readonly<Record<string, unknown>>): void {
    this.writeDict(Object.entries(items).map(([key, value]) => [utf8.encode(key), value]))
  }

  #writeArray(array: NDArray): void {
    const misfit = misfitOf(array)
    if (misfit !== undefined) throw this.refuse(misfit)
    const { dtype, shape } = array
    const isObjects = dtype === '|O'
    const data = isObjects ? new PickleWriter().encode(array) : arrayBytes(array)
    if (data === undefined) throw this.refuse(`an array of dtype ${dtype}`)
    const kind = utf8.encode(isObjects ? 'O' : '')
    this.#writeMarked({ nd: true, type: dtype, kind, shape, data })
  }

  /** A timestamp of 96 bits. */
  #writeTimestamp(value: PyDateTime): void {
    if (value.kind !== 'datetime' || value.offset === null) {
      throw this.refuse(`a ${value.kind} without an offset from UTC`)
    }
    this.out.uint8(0xc7, 12, 0xff)
    const { kind, year, month, day, hour, minute, second } = value
    const clock = { kind, year, month, day, hour, minute, second }
    const start = new PyDateTime({ ...clock, offset: Math.floor(value.offset) })
    // an offset may have microseconds of its own
    const fraction = Math.round((value.offset - Math.floor(value.offset)) * 1_000_000)
    const microsecond = value.microsecond - fraction
    const seconds = start.toDate().getTime() / 1000 - (microsecond < 0 ? 1 : 0)
    this.out.uint32((microsecond < 0 ? microsecond + 1_000_000 : microsecond) * 1000, false)
    this.out.uint64(BigInt(seconds), false)
  }
}

/** What Python's `complex()` reads. */
function representation({ re, im }: Complex): string {
  const sign = im < 0 || Object.is(im, -0) ? '-' : '+'
  return `${floatText(re)}${sign}${floatText(Math.abs(im))}j`
}

function floatText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  if (Number.isNaN(value)) return 'nan'
  return value > 0 ? 'inf' : '-inf'
}
