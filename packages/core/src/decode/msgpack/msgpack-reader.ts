import { toSafeNumber } from '../../documents/values/numbers.js'
import { Budget } from '../budget.js'
import type { DecoderOptionsWithDefaults } from '../decoder.js'
import { type Dict, addItems } from '../dicts.js'
import { failure } from '../failure.js'
import { payloadBytes } from '../payload-bytes.js'
import { PickleMachine } from '../pickle/machine.js'
import { StringCache } from '../string-cache.js'
import { decodeUtf8 } from '../utf8.js'
import { readExtension } from './extensions.js'
import { readNumpyMap } from './numpy-maps.js'

const nothing: Uint8Array = new Uint8Array(0)
const nothingSeen = new DataView(nothing.buffer)

/** Reads MessagePack, value by value; containers by recursion, as deep as `maxDepth`. */
export class MsgpackReader {
  readonly #budget = new Budget()
  readonly #strings = new StringCache(decodeUtf8, this.#budget)
  readonly #pickles: PickleMachine
  readonly #maxDepth: number
  #bytes = nothing
  #view = nothingSeen
  #at = 0
  #depth = 0

  constructor(options: Pick<DecoderOptionsWithDefaults, 'enums' | 'maxDepth'>) {
    this.#pickles = new PickleMachine(options, this.#budget)
    this.#maxDepth = options.maxDepth
  }

  /**
   * Decodes one payload, of one value and nothing behind it.
   *
   * @throws BlueskyError `bad-payload`, `too-large` or `too-deep`.
   */
  decode(payload: Uint8Array): unknown {
    this.#bytes = payload
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
    this.#at = 0
    this.#depth = 0
    this.#pickles.beginPayload(payload)
    this.#strings.use(payload, this.#view)
    try {
      const value = this.#read()
      if (this.#at === payload.length) return value
      throw failure('bad-payload', `msgpack: ${payload.length - this.#at} bytes behind the value`)
    } finally {
      this.#bytes = nothing
      this.#view = nothingSeen
      this.#strings.forget()
    }
  }

  #read(): unknown {
    const code = this.#bytes[this.#take(1)] as number
    if (code < 0x80) return code
    if (code < 0x90) return this.#readMap(code & 0x0f)
    if (code < 0xa0) return this.#readArray(code & 0x0f)
    if (code < 0xc0) return this.#readText(code & 0x1f)
    if (code >= 0xe0) return code - 0x100
    return this.#readLong(code)
  }

  /** What begins with a byte of its own: c0 to df. */
  #readLong(code: number): unknown {
    const view = this.#view
    switch (code) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#readBytes(this.#readLength(code - 0xc4))
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#readExtension(this.#readLength(code - 0xc7))
      case 0xca:
        return view.getFloat32(this.#take(4))
      case 0xcb:
        return view.getFloat64(this.#take(8))
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#readLength(code - 0xcc)
      case 0xcf:
        return toSafeNumber(view.getBigUint64(this.#take(8)))
      case 0xd0:
        return view.getInt8(this.#take(1))
      case 0xd1:
        return view.getInt16(this.#take(2))
      case 0xd2:
        return view.getInt32(this.#take(4))
      case 0xd3:
        return toSafeNumber(view.getBigInt64(this.#take(8)))
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#readExtension(2 ** (code - 0xd4))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#readText(this.#readLength(code - 0xd9))
      case 0xdc:
      case 0xdd:
        return this.#readArray(this.#readLength(code - 0xdb))
      case 0xde:
      case 0xdf:
        return this.#readMap(this.#readLength(code - 0xdd))
      default:
        throw failure('bad-payload', `msgpack: nothing begins with ${code.toString(16)}`)
    }
  }

  /** An unsigned integer of 1, 2 or 4 bytes, for `power` 0, 1 and 2. */
  #readLength(power: number): number {
    if (power === 0) return this.#view.getUint8(this.#take(1))
    if (power === 1) return this.#view.getUint16(this.#take(2))
    return this.#view.getUint32(this.#take(4))
  }

  #readText(length: number): string {
    return this.#strings.read(this.#take(length), length)
  }

  #readBytes(length: number): Uint8Array {
    const start = this.#take(length)
    this.#budget.takeObjects(1)
    return payloadBytes(this.#bytes, start, length)
  }

  #readExtension(length: number): unknown {
    const type = this.#view.getInt8(this.#take(1))
    this.#budget.takeObjects(2)
    return readExtension(type, this.#readBytes(length))
  }

  #readArray(length: number): unknown[] {
    this.#enter(length, length)
    const list: unknown[] = []
    for (let i = 0; i < length; i++) list.push(this.#read())
    this.#depth--
    return list
  }

  #readMap(length: number): unknown {
    this.#enter(length, 2 * length)
    const items: unknown[] = []
    let isNumpy = false
    for (let i = 0; i < length; i++) {
      const key = this.#read()
      isNumpy ||= isNumpyKey(key)
      items.push(key, this.#read())
    }
    this.#depth--
    const dict: Dict = addItems({}, items, 0, items.length, this.#budget)
    if (!isNumpy) return dict
    return readNumpyMap(items, this.#budget, (pickle) => this.#readPickle(pickle)) ?? dict
  }

  #readPickle(pickle: Uint8Array): unknown {
    return this.#pickles.decodePart(pickle, this.#depth)
  }

  /** Begins a container, whose `least` bytes at least must be there. */
  #enter(length: number, least: number): void {
    if (++this.#depth > this.#maxDepth) {
      throw failure('too-deep', `msgpack: it nests deeper than ${this.#maxDepth} containers`)
    }
    if (least > this.#bytes.length - this.#at) throw this.#endsEarly()
    this.#budget.takeObjects(1)
    this.#budget.takeValues(length)
  }

  /** Passes over `count` bytes of the payload; returns where they start. */
  #take(count: number): number {
    const start = this.#at
    if (start + count > this.#bytes.length) throw this.#endsEarly()
    this.#at = start + count
    return start
  }

  #endsEarly() {
    return failure('bad-payload', `msgpack: the payload of ${this.#bytes.length} bytes ends early`)
  }
}

/** Whether a key is one by which `msgpack_numpy` marks its maps. */
function isNumpyKey(key: unknown): boolean {
  if (key === 'nd' || key === 'complex') return true
  if (!(key instanceof Uint8Array)) return false
  return (
    (key.length === 2 && key[0] === 0x6e && key[1] === 0x64) ||
    (key.length === 7 && key[0] === 0x63)
  )
}
