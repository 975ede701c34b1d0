import { constructors } from '../../packages/core/src/decode/pickle/constructors.js'
import { opcodes } from '../../packages/core/src/decode/pickle/opcodes.js'
import type { Dice } from './dice.js'
import { joined, latin1 } from './mutate.js'

const text = (value: string): Uint8Array =>
  joined(latin1('\x8c'), Uint8Array.of(value.length), latin1(value))
const named = (module: string, name: string): Uint8Array =>
  joined(text(module), text(name), latin1('\x93'))

const names = [...constructors.keys()].map((path) => {
  const dot = path.lastIndexOf('.')
  return [path.slice(0, dot), path.slice(dot + 1)] as const
})
const strangers = [
  ['os', 'system'],
  ['builtins', 'eval'],
  ['random_values', 'Shutter'],
  ['numpy', 'ndarray'],
  ['constructor', 'constructor'],
  ['__proto__', 'toString'],
] as const

/** Whole parts of pickles that mean something, so that chance gets beyond the first opcode. */
export const pickleWords: readonly Uint8Array[] = [
  ...Object.values(opcodes).map((code) => Uint8Array.of(code)),
  ...[...names, ...strangers].map(([module, name]) => named(module, name)),
  ...names.map(([module, name]) => latin1(`c${module}\n${name}\n`)),
  ...[
    '__proto__',
    'constructor',
    'latin1',
    'f8',
    'O8',
    'V16',
    'U2',
    'M8',
    '<',
    '>',
    '|',
    '1000',
  ].map(text),
  ...['UTC', 'Europe/Berlin', '0', 'nan', '1e400', ' 12 ', '-0x10'].map(text),
  ...[
    'I1\n',
    'L99999999999999999999L\n',
    'F-inf\n',
    "S'a\\x41'\n",
    'V\\u2603\n',
    'g0\n',
    'p0\n',
  ].map(latin1),
  ...['h\0', 'h\x01', 'h\x02', 'q\0', 'q\x05', 'K\0', 'K\x03', 'C\0', 'B\x08\0\0\0abcdefgh'].map(
    latin1,
  ),
  ...[
    '\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f',
    '\x8d\0\0\0\0\0\0\0\x80',
    '2\x862\x86',
    ')R',
    ')b',
  ].map(latin1),
]

/** A pickle of opcodes and operands in any order. */
export function anyProgram(dice: Dice): Uint8Array {
  const parts = Array.from({ length: 1 + dice.below(60) }, () =>
    dice.oneIn(6) ? dice.bytes(1 + dice.below(8)) : dice.pick(pickleWords),
  )
  return joined(latin1(dice.pick(['', '\x80\x02', '\x80\x04', '\x80\x05'])), ...parts, latin1('.'))
}

/** A pickle that keeps the stack in order: values, containers of values, calls, states, references. */
export function orderlyProgram(dice: Dice): Uint8Array {
  return joined(latin1('\x80\x04'), new OrderlyProgram(dice).value(0), latin1('.'))
}

/** Parts that leave one value on the stack. */
const leaves: readonly Uint8Array[] = [
  ...[
    'N',
    '\x88',
    '\x89',
    ')',
    ']',
    '}',
    '\x8f',
    'K\0',
    'K\x03',
    'C\0',
    'G\x7f\xf8\0\0\0\0\0\0',
  ].map(latin1),
  ...['\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f', '\x8a\x09\0\0\0\0\0\0\0\0\x01'].map(latin1),
  ...['__proto__', 'constructor', '1000', 'latin1', 'f8', 'UTC', '12', '1.5', 'a'].map(text),
]

class OrderlyProgram {
  readonly #dice: Dice
  #kept = 0
  /** Where in the memo containers are, and the opcode that adds one item to each. */
  readonly #containers: (readonly [place: number, add: string])[] = []

  constructor(dice: Dice) {
    this.#dice = dice
  }

  value(depth: number): Uint8Array {
    const dice = this.#dice
    if (depth > 5) return this.#leaf()
    const one = () => this.value(depth + 1)
    const some = () => Array.from({ length: dice.length(6) }, one)
    switch (dice.below(13)) {
      case 0:
        return joined(latin1('('), ...some(), latin1('t'))
      case 1:
        return this.#filled(']', some, 'e')
      case 2:
        return this.#filled('}', () => some().flatMap((item) => [this.#key(), item]), 'u')
      case 3:
        return this.#filled('\x8f', some, '\x90')
      case 4:
        return this.#keep(one())
      case 5:
      case 6:
        return joined(this.#global(names), latin1('('), ...some(), latin1('tR'))
      case 7:
        return joined(one(), one(), latin1('b'))
      case 8:
        return joined(this.#global(strangers), latin1(')R('), ...some(), latin1('e'))
      case 9:
        return this.#array(some)
      case 10:
        if (this.#kept === 0) return this.#leaf()
        return joined(latin1('h'), Uint8Array.of(dice.below(Math.min(this.#kept, 256))))
      case 11:
        return this.#added(depth)
      default:
        return this.#leaf()
    }
  }

  #global(known: readonly (readonly [module: string, name: string])[]): Uint8Array {
    const [module, name] = this.#dice.pick(known)
    return named(module, name)
  }

  #leaf(): Uint8Array {
    const dice = this.#dice
    if (!dice.oneIn(3)) return dice.pick(leaves)
    const content = dice.bytes(dice.below(20))
    return joined(latin1('C'), Uint8Array.of(content.length), content)
  }

  #key(): Uint8Array {
    return this.#dice.oneIn(3) ? this.#leaf() : text(`k${this.#dice.below(20)}`)
  }

  #keep(part: Uint8Array): Uint8Array {
    this.#kept += 1
    return joined(part, latin1('\x94'))
  }

  /** A container that is kept, so that its own items may refer to it, as often as not. */
  #filled(empty: string, some: () => readonly Uint8Array[], fill: string): Uint8Array {
    if (this.#dice.oneIn(2)) return joined(latin1(`${empty}(`), ...some(), latin1(fill))
    if (fill !== '\x90') this.#containers.push([this.#kept, fill === 'u' ? 's' : 'a'])
    const container = this.#keep(latin1(empty))
    return joined(container, latin1('('), ...some(), latin1(fill))
  }

  /** A container that was kept, with one item more than when it was used before. */
  #added(depth: number): Uint8Array {
    if (this.#containers.length === 0) return this.#leaf()
    const [place, add] = this.#dice.pick(this.#containers)
    if (place > 255) return this.#leaf()
    const key = add === 's' ? this.#key() : latin1('')
    return joined(latin1('h'), Uint8Array.of(place), key, this.value(depth + 1), latin1(add))
  }

  /** An array of any dtype and shape, whose content mostly fits. */
  #array(some: () => Uint8Array[]): Uint8Array {
    const dice = this.#dice
    const code = dice.pick(['f8', 'u1', 'i4', 'U2', 'S3', 'V4', 'O8', 'M8', 'c16', 'f2', 'f16'])
    const size = Number(/\d+/.exec(code)?.[0]) * (code.startsWith('U') ? 4 : 1)
    let items: readonly Uint8Array[] = []
    const list = () => (items = some())
    const objects = code === 'O8' ? this.#filled(']', list, 'e') : latin1('')
    const shape = code === 'O8' ? [items.length] : this.#shape()
    const count = shape.reduce((product, length) => product * length, 1)
    const length = Math.min(255, dice.oneIn(8) ? dice.below(99) : count * size)
    // of a str, small characters
    const content =
      code === 'U2' ? Uint8Array.from({ length }, (_, i) => (i % 4 ? 0 : 97)) : dice.bytes(length)
    return joined(
      named('numpy._core.multiarray', '_reconstruct'),
      latin1('('),
      named('numpy', 'ndarray'),
      latin1('K\0\x85C\x01btR(K\x01('),
      ...shape.map((axis) => Uint8Array.of(0x4b, axis)),
      latin1('t'),
      named('numpy', 'dtype'),
      text(code),
      latin1('\x85R(K\x03'),
      text(dice.pick(['<', '>', '|'])),
      latin1('NNNK'),
      Uint8Array.of('USV'.includes(code.charAt(0)) ? size : 255),
      latin1('J\xff\xff\xff\xffK\0tb'),
      latin1(dice.pick(['\x88', '\x89'])),
      code === 'O8' ? objects : joined(latin1('C'), Uint8Array.of(content.length), content),
      latin1('tb'),
    )
  }

  #shape(): number[] {
    return Array.from({ length: this.#dice.below(4) }, () => this.#dice.below(4))
  }
}
