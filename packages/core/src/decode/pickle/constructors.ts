import { Complex } from '../../documents/values/complex.js'
import { failure } from '../failure.js'
import { floatFromText, integerFromText } from '../numerals.js'
import { encodeLatin1, encodeUtf8 } from './bytes.js'
import { datetimeConstructors } from './datetimes.js'
import { dictFromPairs } from '../dicts.js'
import { type BuildContext, type Constructor, PickledGlobal } from './internal.js'
import { numpyConstructors } from './numpy-constructors.js'
import { sortSet } from './sets.js'
import { zoneConstructors } from './time-zones.js'

/**
 * Every class and function that a pickle can get built, by `module.name`, and what is built: values, by
 * the code in this folder. Whatever isn't listed stays an opaque object.
 */
export const constructors: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ['builtins.dict', makeDict],
  ['builtins.list', makeList],
  ['builtins.tuple', makeList],
  ['builtins.set', makeSet],
  ['builtins.frozenset', makeSet],
  ['builtins.bytes', makeBytes],
  ['builtins.bytearray', makeBytes],
  ['builtins.complex', makeComplex],
  ['builtins.bool', makeBool],
  ['builtins.int', makeInt],
  ['builtins.float', makeFloat],
  ['builtins.str', makeStr],
  ['builtins.getattr', makeAttribute],
  ['collections.OrderedDict', makeDict],
  ['collections.defaultdict', makeDefaultDict],
  ['_codecs.encode', encode],
  ['copyreg._reconstructor', reconstruct],
  ...datetimeConstructors,
  ...numpyConstructors,
  ...zoneConstructors,
])

function makeDict(args: readonly unknown[], { budget }: BuildContext): unknown {
  const [items] = args
  if (args.length === 0) return {}
  return args.length === 1 && Array.isArray(items) ? dictFromPairs(items, budget) : undefined
}

/** `defaultdict(factory)`: its items follow. */
function makeDefaultDict(args: readonly unknown[], { budget }: BuildContext): unknown {
  if (args.length <= 1) return {}
  return Array.isArray(args[1]) ? dictFromPairs(args[1], budget) : undefined
}

function makeList(args: readonly unknown[], { budget }: BuildContext): unknown {
  const [items] = args
  if (args.length === 0) return []
  if (args.length !== 1 || !Array.isArray(items)) return undefined
  budget.takeCopy(8 * items.length)
  return items.slice() as unknown[]
}

/** Protocols before 4: `set(list)`. */
function makeSet(args: readonly unknown[], context: BuildContext): unknown {
  const list = makeList(args, context)
  return Array.isArray(list) ? sortSet(list, context.budget) : undefined
}

/** `bytes()` and `bytearray(…)` of nothing, bytes, or text with its encoding. */
function makeBytes(args: readonly unknown[], context: BuildContext): unknown {
  if (args.length === 0) return new Uint8Array(0)
  if (args.length === 1) return args[0] instanceof Uint8Array ? args[0] : undefined
  return encode(args, context)
}

/** Protocols before 3 have no bytes: `encode(text, 'latin1')`. */
function encode(args: readonly unknown[], { budget }: BuildContext): unknown {
  const [text, encoding = 'utf-8'] = args
  if (typeof text !== 'string') return undefined
  switch (encoding) {
    case 'latin1':
    case 'latin-1':
      return encodeLatin1(text, budget) ?? refuse('text that is not Latin-1')
    case 'utf8':
    case 'utf-8':
      return encodeUtf8(text, budget)
    default:
      return undefined
  }
}

function makeComplex(args: readonly unknown[]): unknown {
  const [re = 0, im = 0] = args
  return typeof re === 'number' && typeof im === 'number' ? new Complex(re, im) : undefined
}

function makeBool([value]: readonly unknown[]): unknown {
  return value === undefined ? false : typeof value === 'boolean' ? value : undefined
}

function makeInt([value = 0]: readonly unknown[], { budget }: BuildContext): unknown {
  if (typeof value === 'bigint' || Number.isInteger(value)) return value
  if (typeof value !== 'string') return undefined
  budget.takeCopy(value.length)
  return integerFromText(value) ?? refuse('int() of no integer')
}

function makeFloat([value = 0]: readonly unknown[], { budget }: BuildContext): unknown {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  budget.takeCopy(value.length)
  return floatFromText(value.trim()) ?? refuse('float() of no float')
}

function makeStr([value = '']: readonly unknown[]): unknown {
  return typeof value === 'string' ? value : undefined
}

/** `getattr(class, name)`: how protocols before 4 name what is inside a class. */
function makeAttribute(args: readonly unknown[], { globals, budget }: BuildContext): unknown {
  const [owner, name] = args
  if (!(owner instanceof PickledGlobal) || typeof name !== 'string') return undefined
  budget.takeCopy(owner.name.length + name.length)
  return globals.find(owner.module, `${owner.name}.${name}`)
}

/** Protocols 0 and 1: `_reconstructor(class, base, state)`. */
function reconstruct(args: readonly unknown[], context: BuildContext): unknown {
  const [type, base, state] = args
  if (!(type instanceof PickledGlobal) || !(base instanceof PickledGlobal)) return undefined
  return type.construct(base.name === 'object' ? [] : [state], context)
}

function refuse(what: string): never {
  throw failure('bad-payload', what)
}
