import { Buffer } from 'node:buffer'

/** Payloads that take the most time or memory for each of their bytes, by what they are made of. */
export interface Greedy {
  readonly name: string
  readonly serializer: 'pickle' | 'msgpack' | 'json'
  /** A payload of about so many bytes. */
  make(bytes: number): Uint8Array
}

/** Every character is a byte; a `#` stands for four characters that are others each time. */
type Unit = string

function repeat(unit: Unit, count: number): string {
  if (!unit.includes('#')) return unit.repeat(count)
  return Array.from({ length: count }, (_, i) =>
    unit.replace('#', i.toString(36).padStart(4, 'k')),
  ).join('')
}

function greedy(
  serializer: Greedy['serializer'],
  name: string,
  unit: Unit,
  around: (count: number) => readonly [head: string, tail: string],
): Greedy {
  const size = unit.includes('#') ? unit.length + 3 : unit.length
  return {
    name,
    serializer,
    make(bytes) {
      const count = Math.ceil(bytes / size)
      const [head, tail] = around(count)
      return new Uint8Array(Buffer.from(head + repeat(unit, count) + tail, 'latin1'))
    },
  }
}

/** A tuple of units; `before` puts something into the memo. */
function pickled(name: string, unit: Unit, before = ''): Greedy {
  return greedy('pickle', `pickle: ${name}`, unit, () => [`\x80\x04${before}(`, 't.'])
}

/** Opcodes in a row, behind which the value stands. */
function opcodes(name: string, unit: Unit, head = '\x80\x04', tail = '.'): Greedy {
  return greedy('pickle', `pickle: ${name}`, unit, () => [head, tail])
}

function packed(name: string, unit: Unit): Greedy {
  return greedy('msgpack', `msgpack: ${name}`, unit, (count) => {
    const head = Buffer.alloc(5)
    head.writeUInt8(0xdd)
    head.writeUInt32BE(count, 1)
    return [head.toString('latin1'), '']
  })
}

/** A list of units, in JSON that is parsed in one step and in JSON with a NaN. */
function texts(name: string, unit: Unit): Greedy[] {
  return [
    greedy('json', `JSON: ${name}`, unit, () => ['[', '1]']),
    greedy('json', `JSON with a NaN: ${name}`, unit, () => ['[NaN,', '1]']),
  ]
}

const global = (module: string, name: string) =>
  `\x8c${String.fromCharCode(module.length)}${module}\x8c${String.fromCharCode(name.length)}${name}\x93`
const kept = '\x940'
const dtype = `${global('numpy', 'dtype')}\x8c\x02u1\x85R`
/** An array of no elements, by its two arguments that come from the memo. */
const buffer = `${global('numpy._core.numeric', '_frombuffer')}${kept}(C\0${dtype}K\0\x85\x8c\x01Ct${kept}`
const structure =
  `${global('numpy', 'dtype')}\x8c\x02V1\x85R(K\x03\x8c\x01|N\x8c\x01a\x8c\x01b\x86` +
  `}(\x8c\x01a${dtype}K\0\x86\x8c\x01b${dtype}K\0\x86uK\x01K\x01K\x00tb`

export const greedyPayloads: readonly Greedy[] = [
  pickled('dicts', '}'),
  pickled('lists', ']'),
  pickled('sets', '\x8f'),
  pickled('sets of two', '\x8f(K\x02K\x01\x90'),
  pickled('lists of one', ']Na'),
  pickled('dicts of one', '}\x8c\x04#Ns'),
  pickled('dicts of two known keys', '}(\x8c\x01aN\x8c\x01bNu'),
  pickled('dicts of a number', '}K\x01Ns'),
  pickled('dicts of a small index', '}\x8c\x011Ns'),
  pickled('dicts of a larger index', '}\x8c\x041023Ns'),
  pickled('dicts of __proto__', '}\x8c\x09__proto__Ns'),
  pickled('bytes', 'C\0'),
  pickled('texts', '\x8c\x04#'),
  pickled('long integers', '\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f'),
  pickled('classes', 'h\0h\0\x93', `\x8c\x01a${kept}`),
  pickled('objects', 'h\0)R', `${global('a', 'b')}${kept}`),
  pickled('objects with a state', 'h\0)RNb', `${global('a', 'b')}${kept}`),
  pickled('objects with an item', 'h\0)RNa', `${global('a', 'b')}${kept}`),
  pickled('complex numbers', 'h\0)R', `${global('builtins', 'complex')}${kept}`),
  pickled('copies of bytes', 'h\0)R', `${global('builtins', 'bytes')}${kept}`),
  pickled('copies of lists', 'h\0h\x01\x85R', `${global('builtins', 'list')}${kept}](NNNe${kept}`),
  pickled('durations', 'h\0)R', `${global('datetime', 'timedelta')}${kept}`),
  pickled(
    'dates',
    'h\0h\x01R',
    `${global('datetime', 'date')}${kept}C\x04\x07\xea\x01\x01\x85${kept}`,
  ),
  pickled(
    'zones',
    'h\x01h\0\x85R',
    `${global('datetime', 'timedelta')})R${kept}${global('datetime', 'timezone')}${kept}`,
  ),
  pickled('dtypes', 'h\0h\x01R', `${global('numpy', 'dtype')}${kept}\x8c\x02f8\x85${kept}`),
  pickled(
    'arrays without content',
    'h\0h\x01R',
    `${global('numpy._core.multiarray', '_reconstruct')}${kept}NNN\x87${kept}`,
  ),
  pickled('arrays of nothing', 'h\0h\x01R', buffer),
  pickled(
    'scalars',
    'h\0h\x01C\x01a\x94\x86\x94R',
    `${global('numpy._core.multiarray', 'scalar')}${kept}${dtype}${kept}`,
  ),
  pickled(
    'attributes',
    'h\0h\x01R',
    `${global('builtins', 'getattr')}${kept}${global('a', 'b')}\x8c\x01c\x86${kept}`,
  ),
  opcodes('nones on the stack', 'N'),
  opcodes('marks', '('),
  opcodes('the same in the memo', '\x94', '\x80\x04N'),
  opcodes('tuples in each other', '\x85', '\x80\x04N'),
  opcodes('pairs of the same', '2\x86', '\x80\x04]'),
  opcodes('one list that grows', 'Na', '\x80\x04]'),
  opcodes('one dict that grows', '\x8c\x04#Ns', '\x80\x04}'),
  opcodes('one set that grows', '\x8c\x04#', '\x80\x04\x8f(', '\x90.'),
  opcodes('protocol 0: text', 'a', 'V', '\n.'),
  opcodes('protocol 0: a string of Python 2', '\\x41', "S'", "'\n."),
  opcodes('protocol 0: lists', '(l', '(', 'l.'),
  opcodes('protocol 0: dicts', '(d', '(', 'l.'),
  opcodes('protocol 0: floats', 'F.5\n', '(', 'l.'),
  opcodes('protocol 0: objects', '(ia\nb\n', '(', 'l.'),
  opcodes('protocol 0: integers', 'I12345678901234567\n', '(', 'l.'),
  {
    name: 'pickle: structures of two fields at one place',
    serializer: 'pickle',
    make: structuresOf,
  },
  { name: 'pickle: a text of lone surrogates', serializer: 'pickle', make: surrogatesOf },
  packed('maps', '\x80'),
  packed('arrays', '\x90'),
  packed('arrays of one', '\x91\xc0'),
  packed('bytes', '\xc4\0'),
  packed('texts', '\xa4#'),
  packed('extensions', '\xd4\x05\0'),
  packed('timestamps', '\xd6\xff\0\0\0\0'),
  packed('maps of a number', '\x81\x01\xc0'),
  packed('maps of an index', '\x81\xa11\xc0'),
  packed('maps that look like NumPy', '\x81\xa2nd\xc0'),
  packed('NumPy arrays', '\x84\xa2nd\xc3\xa4type\xa2u1\xa5shape\x91\0\xa4data\xc4\0'),
  packed('pickles', '\x83\xa2nd\xc3\xa4kind\xa1O\xa4data\xc4\x02N.'),
  packed('pickles of pairs', '\x83\xa2nd\xc3\xa4kind\xa1O\xa4data\xc4\x08]2\x862\x862\x86.'),
  packed('complex numbers', '\x82\xa7complex\xc3\xa4data\xa21j'),
  ...texts('objects', '{},'),
  ...texts('lists', '[],'),
  ...texts('objects of one', '{"#":1},'),
  ...texts('objects of a small index', '{"1":0},'),
  ...texts('objects of a larger index', '{"1022":0},'),
  ...texts('numbers', '1,'),
  ...texts('floats', '0.5,'),
  ...texts('long integers', '9007199254740993,'),
  ...texts('NaNs', 'NaN,'),
  ...texts('texts', '"#",'),
  ...texts('one text of escapes', '"\\n\\n\\n\\n\\n\\n\\n\\n",'),
]

function uint32(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes.toString('latin1')
}

/** An array whose every byte is two fields. */
function structuresOf(bytes: number): Uint8Array {
  const length = uint32(bytes)
  const head =
    `\x80\x04${global('numpy._core.multiarray', '_reconstruct')}(${global('numpy', 'ndarray')}` +
    `K\0\x85C\x01btR(K\x01J${length}\x85${structure}\x89B${length}`
  return new Uint8Array(
    Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(bytes), Buffer.from('tb.', 'latin1')]),
  )
}

function surrogatesOf(bytes: number): Uint8Array {
  const count = Math.ceil(bytes / 3)
  const text = '\xed\xa0\x80'.repeat(count)
  return new Uint8Array(Buffer.from(`\x80\x04X${uint32(3 * count)}${text}.`, 'latin1'))
}
