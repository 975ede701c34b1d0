import { BlueskyError, compileQuery } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

describe('a query that could run code', () => {
  const code = 'globalThis.ran = true'
  it.each<[unknown]>([
    [{ $where: code }],
    [{ $function: { body: code, args: [], lang: 'js' } }],
    [{ $expr: { $function: { body: code } } }],
    [{ $accumulator: {} }],
    [{ $jsonSchema: {} }],
    [{ a: { $where: code } }],
    [{ a: { $function: code } }],
    [{ a: { $not: { $where: code } } }],
    [{ a: { $elemMatch: { $where: code } } }],
    [{ a: { $elemMatch: { b: { $where: code } } } }],
    [{ a: { $in: [{ $where: code }] } }],
    [{ a: { $all: [{ $elemMatch: { $where: code } }] } }],
    [{ a: { $eq: { $where: code } } }],
    [{ a: { b: { $where: code } } }],
    [{ $and: [{ $where: code }] }],
    [{ $or: [{ a: 1 }, { $nor: [{ $where: code }] }] }],
    [{ a: { $elemMatch: { $and: [{ $where: code }] } } }],
    [{ 'start.$where': code, $where: code }],
    [{ a: () => true }],
    [{ a: { $eq: () => true } }],
    [{ a: { $in: [() => true] } }],
  ])('is refused: %o', (when) => {
    expect(() => compileQuery(when)).toThrow(BlueskyError)
    expect(() => compileQuery(when)).toThrow(/could run code|plain data/u)
    expect('ran' in globalThis).toBe(false)
  })
})

describe('a query that can not be used', () => {
  it.each<[unknown, string]>([
    [{ a: { $gtt: 1 } }, "when.a: $gtt can't be used; allowed here: $eq, $ne, $gt,"],
    [{ $xor: [{}] }, "when: $xor can't be used; allowed here: $and, $or, $nor"],
    [{ $not: { a: 1 } }, "when: $not can't be used; allowed here: $and, $or, $nor"],
    [{ a: { $type: 'string' } }, "$type can't be used"],
    [{ $and: [] }, 'when.$and must be a list of at least one query'],
    [{ $or: { a: 1 } }, 'when.$or must be a list of at least one query'],
    [{ $or: [{ a: 1 }, 'b'] }, 'when.$or[1] must be a mapping'],
    ['plan_name: count', 'when must be a mapping such as { plan_name: count }'],
    [null, 'when must be a mapping'],
    [[], 'when must be a mapping'],
    [new Map(), 'when must be a mapping'],
    [{ a: { $in: 'count' } }, 'when.a.$in takes a list'],
    [{ a: { $nin: 5 } }, 'when.a.$nin takes a list'],
    [{ a: { $all: 'x' } }, 'when.a.$all takes a list'],
    [{ a: { $exists: 'yes' } }, 'when.a.$exists takes true or false'],
    [{ a: { $size: '2' } }, 'when.a.$size takes a whole number'],
    [{ a: { $size: 1.5 } }, 'when.a.$size takes a whole number'],
    [{ a: { $mod: [5] } }, 'when.a.$mod takes two numbers'],
    [{ a: { $mod: ['5', 0] } }, 'when.a.$mod takes two numbers'],
    [{ a: { $not: 'x' } }, 'when.a.$not takes a mapping'],
    [{ a: { $elemMatch: 'x' } }, 'when.a.$elemMatch takes a mapping'],
    [{ a: { $regex: '(' } }, 'when.a.$regex: Invalid regular expression'],
    [{ a: { $regex: /x/u } }, 'when.a.$regex takes a text'],
    [{ a: /x/u }, 'when.a must be plain data'],
    [{ a: new Date(0) }, 'when.a must be plain data'],
    [{ a: Symbol('x') }, 'when.a must be plain data'],
    [{ a: { $regex: 'x'.repeat(501) } }, 'at most 500 characters'],
    [{ a: { $regex: 'x', $options: 'g' } }, 'when.a.$options takes letters of i, m, s, u'],
    [{ a: { $regex: 'x', $options: 'ii' } }, 'when.a: '],
    [{ a: { $regex: '\\p{L', $options: 'u' } }, 'when.a: Invalid regular expression'],
    [{ a: { $options: 'i' } }, 'when.a.$options goes with $regex'],
    [{ a: { $gt: 1, b: 2 } }, 'when.a mixes operators and field names'],
    [{ a: { $or: [{ $gt: 5 }, { $lt: 1 }] } }, 'when.a: '],
    [{ a: { $in: [{ $gt: 5 }] } }, 'when.a: cannot nest $ under'],
    [{ '': 1 }, '"" can\'t be the name of a metadata field'],
    [{ 'a.__proto__.b': 1 }, '"a.__proto__.b" can\'t be the name'],
    [JSON.parse('{"__proto__": 1}'), '"__proto__" can\'t be the name'],
    [{ 'constructor.prototype': 1 }, "can't be the name"],
    [{ a: { $elemMatch: { constructor: 1 } } }, "can't be the name"],
  ])('is refused, with its place and what is allowed: %o', (when, message) => {
    const compiling = (): unknown => compileQuery(when)
    expect(compiling).toThrow(message)
    try {
      compiling()
    } catch (error) {
      expect((error as BlueskyError).code).toBe('bad-query')
    }
  })

  it.each([
    ['lists', (inner: unknown) => ({ $or: [inner] })],
    ['conditions', (inner: unknown) => ({ a: { $not: { $elemMatch: inner } } })],
    ['values', (inner: unknown) => ({ a: inner })],
  ])('is refused where it nests without end: %s', (_, wrap) => {
    let when: unknown = { a: 1 }
    for (let depth = 0; depth < 100; depth += 1) when = wrap(when)
    expect(() => compileQuery(when)).toThrow(/nests deeper than 20/u)
  })
})
