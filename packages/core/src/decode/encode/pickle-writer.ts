import { Complex } from '../../documents/values/complex.js'
import { NDArray } from '../../documents/values/ndarray.js'
import { PyDateTime } from '../../documents/values/py-datetime.js'
import { PyTimeDelta } from '../../documents/values/py-timedelta.js'
import { isDict } from '../dicts.js'
import { opcodes } from '../pickle/opcodes.js'
import { arrayBytes, misfitOf } from './array-bytes.js'
import { encodeUtf8WithSurrogates } from './byte-writer.js'
import { ValueWriter } from './value-writer.js'

/** Writes pickles of protocol 4: dicts, lists and scalars, NumPy arrays and datetimes. */
export class PickleWriter extends ValueWriter {
  protected readonly format = 'pickle'

  override encode(value: unknown): Uint8Array {
    this.out.uint8(opcodes.PROTO, 4)
    this.write(value)
    this.out.uint8(opcodes.STOP)
    return this.out.finish()
  }

  protected writeNull(): void {
    this.out.uint8(opcodes.NONE)
  }

  protected writeBoolean(value: boolean): void {
    this.out.uint8(value ? opcodes.NEWTRUE : opcodes.NEWFALSE)
  }

  protected writeInteger(value: bigint): void {
    if (BigInt.asIntN(32, value) === value) {
      this.out.uint8(opcodes.BININT)
      this.out.uint32(Number(value) >>> 0, true)
      return
    }
    const bytes = twosComplement(value)
    if (bytes.length < 256) this.out.uint8(opcodes.LONG1, bytes.length)
    else {
      this.out.uint8(opcodes.LONG4)
      this.out.uint32(bytes.length, true)
    }
    this.out.bytes(bytes)
  }

  protected writeFloat(value: number): void {
    this.out.uint8(opcodes.BINFLOAT)
    this.out.float64(value)
  }

  protected writeText(value: string): void {
    const bytes = encodeUtf8WithSurrogates(value)
    if (bytes.length < 256) this.out.uint8(opcodes.SHORT_BINUNICODE, bytes.length)
    else {
      this.out.uint8(opcodes.BINUNICODE)
      this.out.uint32(bytes.length, true)
    }
    this.out.bytes(bytes)
  }

  protected writeList(items: readonly unknown[]): void {
    this.out.uint8(opcodes.EMPTY_LIST, opcodes.MARK)
    items.forEach((item, i) => this.writePart(i, item))
    this.out.uint8(opcodes.APPENDS)
  }

  protected writeDict(items: readonly (readonly [unknown, unknown])[]): void {
    this.out.uint8(opcodes.EMPTY_DICT, opcodes.MARK)
    for (const [key, value] of items) {
      // a list can't be a key, so that it must have been a tuple
      if (Array.isArray(key)) this.#writeTuple(key)
      else if (isDict(key)) throw this.refuse('a dict with a dict as a key')
      else this.write(key)
      this.writeItem(key, value)
    }
    this.out.uint8(opcodes.SETITEMS)
  }

  protected writeObject(value: object): boolean {
    if (value instanceof Uint8Array) this.#writeBytes(value)
    else if (value instanceof NDArray) this.#writeArray(value)
    else if (value instanceof PyDateTime) this.#writeDateTime(value)
    else if (value instanceof PyTimeDelta) this.#writeTimeDelta(value)
    else if (value instanceof Complex) {
      this.#writeCall('builtins', 'complex', () => {
        this.writeFloat(value.re)
        this.writeFloat(value.im)
      })
    } else return false
    return true
  }

  #writeBytes(bytes: Uint8Array): void {
    this.out.uint8(opcodes.BINBYTES)
    this.out.uint32(bytes.length, true)
    this.out.bytes(bytes)
  }

  #writeTuple(items: readonly unknown[]): void {
    this.out.uint8(opcodes.MARK)
    items.forEach((item, i) => {
      if (Array.isArray(item)) this.#writeTuple(item)
      else this.writePart(i, item)
    })
    this.out.uint8(opcodes.TUPLE)
  }

  #writeGlobal(module: string, name: string): void {
    this.writeText(module)
    this.writeText(name)
    this.out.uint8(opcodes.STACK_GLOBAL)
  }

  #writeCall(module: string, name: string, writeArguments: () => void): void {
    this.#writeGlobal(module, name)
    this.out.uint8(opcodes.MARK)
    writeArguments()
    this.out.uint8(opcodes.TUPLE, opcodes.REDUCE)
  }

  #writeDateTime(value: PyDateTime): void {
    const date = [value.year >> 8, value.year & 0xff, value.month, value.day]
    const { microsecond } = value
    const time = [value.hour, value.minute, value.second]
    time.push(microsecond >> 16, (microsecond >> 8) & 0xff, microsecond & 0xff)
    const parts = { datetime: [...date, ...time], date, time }
    this.#writeCall('datetime', value.kind, () => {
      this.#writeBytes(Uint8Array.from(parts[value.kind]))
      if (value.offset === null) return
      const offset = PyTimeDelta.fromSeconds(value.offset)
      this.#writeCall('datetime', 'timezone', () => this.#writeTimeDelta(offset))
    })
  }

  #writeTimeDelta({ days, seconds, microseconds }: PyTimeDelta): void {
    this.#writeCall('datetime', 'timedelta', () => {
      for (const part of [days, seconds, microseconds]) this.writeInteger(BigInt(part))
    })
  }

  /** `_reconstruct(ndarray, (0,), b'b')` and `__setstate__((1, shape, dtype, False, content))`. */
  #writeArray(array: NDArray): void {
    const misfit = misfitOf(array)
    if (misfit !== undefined) throw this.refuse(misfit)
    const isObjects = array.dtype === '|O'
    const bytes = isObjects ? undefined : arrayBytes(array)
    if (!isObjects && bytes === undefined) throw this.refuse(`an array of dtype ${array.dtype}`)
    // NumPy 2 still knows NumPy 1's name, and not the other way round
    this.#writeCall('numpy.core.multiarray', '_reconstruct', () => {
      this.#writeGlobal('numpy', 'ndarray')
      this.#writeTuple([0])
      this.#writeBytes(Uint8Array.of(0x62))
    })
    this.out.uint8(opcodes.MARK)
    this.writeInteger(1n)
    this.#writeTuple(array.shape)
    this.#writeCall('numpy', 'dtype', () => this.writeText(array.dtype))
    this.writeBoolean(false)
    if (bytes === undefined) this.writeList(array.data as readonly unknown[])
    else this.#writeBytes(bytes)
    this.out.uint8(opcodes.TUPLE, opcodes.BUILD)
  }
}

/** The fewest bytes of two's complement, little-endian. */
function twosComplement(value: bigint): Uint8Array {
  const size = value < 0n ? -value : value
  // half the digits, and one bit for the sign
  const length = Math.floor(size.toString(16).length / 2) + 1
  let rest = BigInt.asUintN(length * 8, value)
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}
