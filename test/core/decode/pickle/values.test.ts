import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../packages/core/src/decode/decoders.js'
import type { NDArray } from '../../../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { bytesOf, repeated } from '../../../support/bytes.js'
import { array, dtype, named, pickleOf, raw, text, tuple } from '../../../support/pickle-parts.js'
import { partsOf, readFrames } from '../../../support/vectors.js'

const decoder = pickleDecoder()
const f8 = dtype('f8')

describe('a dict', () => {
  it('is a plain object', () => {
    const dict = decoder.decode(pickleOf('}', text('a'), 'Ns')) as object
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype)
  })

  it('is a Map if a key is no string', () => {
    expect(decoder.decode(pickleOf('}(', text('a'), 'NK\x01Nu'))).toEqual(
      new Map<unknown, unknown>([
        ['a', null],
        [1, null],
      ]),
    )
  })

  it('is the same Map wherever it was before its first key that is no string came', () => {
    // [d, d, (d,), {'d': d}] with d filled last
    const payload = pickleOf(
      '}\x94](h\0h\0h\0\x85}',
      text('d'),
      'h\0s',
      named('a', 'B'),
      'h\0\x85Re\x940h\0(K\x01K\x02u0h\x01',
    )
    const [first, second, third, fourth, fifth] = decoder.decode(payload) as unknown[]
    expect(first).toEqual(new Map([[1, 2]]))
    expect(second).toBe(first)
    expect((third as unknown[])[0]).toBe(first)
    expect((fourth as { d: unknown }).d).toBe(first)
    expect((fifth as OpaqueObject).args[0]).toBe(first)
  })

  it('is the same Map in an array, in a state and in another dict, where it was before', () => {
    // (array([d]), array of numbers, C() with state d, {'d': d, 1: d}) with d filled last
    const payload = pickleOf(
      '}\x940(',
      array(dtype('O8', { order: '|' }), [1], bytesOf('](h\0e')),
      array(f8, [1], raw('\0'.repeat(8))),
      bytesOf(named('a', 'C'), ')Rh\0b'),
      bytesOf('}(', text('d'), 'h\0K\x01h\0u'),
      't\x94h\0(K\x01K\x02u0',
    )
    const [objects, numbers, instance, dict] = decoder.decode(payload) as [
      NDArray,
      NDArray,
      OpaqueObject,
      Map<unknown, unknown>,
    ]
    const wanted = new Map([[1, 2]])
    expect(objects.data).toEqual([wanted])
    expect(numbers.data).toEqual(Float64Array.of(0))
    expect(instance.state).toEqual(wanted)
    expect([...dict.values()]).toEqual([wanted, wanted])
    expect(new Set([objects.data[0], instance.state, ...dict.values()]).size).toBe(1)
  })

  it('may have integers of any size as keys', () => {
    const long = '\x8a\x09\0\0\0\0\0\0\0\0\x01'
    const short = '\x8a\x08\0\0\0\0\0\0\0\x40'
    expect(decoder.decode(pickleOf('}(', long, 'K\x01', short, 'K\x02u'))).toEqual(
      new Map([
        [2n ** 64n, 1],
        [2n ** 62n, 2],
      ]),
    )
  })

  it('goes on as a Map when more items come', () => {
    const payload = pickleOf('}\x94K\x01K\x02s0h\0', text('a'), 'Ns0h\0')
    expect(decoder.decode(payload)).toEqual(
      new Map<unknown, unknown>([
        [1, 2],
        ['a', null],
      ]),
    )
  })

  it('takes no room for the indices below a key that looks like one', () => {
    const count = 20_000
    const dicts = pickleOf('(', repeated(count, '}\x8c\x041020K\x01s'), 't')
    const before = process.memoryUsage().heapUsed
    const decoded = decoder.decode(dicts) as unknown[]
    // V8 would keep a thousand empty places for each, 12 kB
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(count * 4000)
    expect(decoded.at(-1)).toEqual({ 1020: 1 })
  })

  it('keeps what appears twice as one', () => {
    const [first, second] = decoder.decode(pickleOf('(}\x94h\0t')) as unknown[]
    expect(second).toBe(first)
  })
})

describe('an instance of an unknown class', () => {
  it('keeps its arguments and state', () => {
    const payload = pickleOf(named('uuid', 'UUID'), ')\x81}', text('int'), 'K\x05sb')
    expect(decoder.decode(payload)).toEqual(new OpaqueObject('uuid', 'UUID', [], { int: 5 }))
  })

  it('keeps items that are given to it as its last arguments', () => {
    const object = bytesOf(named('a', 'B'), 'K\x07\x85R')
    expect(decoder.decode(pickleOf(object, '(K\x01K\x02eK\x03a'))).toEqual(
      new OpaqueObject('a', 'B', [7, [1, 2, 3]]),
    )
    expect(decoder.decode(pickleOf(object, '(', text('k'), 'NK\x01Nu'))).toEqual(
      new OpaqueObject('a', 'B', [
        7,
        new Map<unknown, unknown>([
          ['k', null],
          [1, null],
        ]),
      ]),
    )
  })

  it('keeps named arguments as its last one', () => {
    const payload = pickleOf(named('a', 'B'), 'K\x01\x85}', text('k'), 'K\x02s\x92')
    expect(decoder.decode(payload)).toEqual(new OpaqueObject('a', 'B', [1, { k: 2 }]))
  })

  it('keeps named arguments that are not named by texts', () => {
    const payload = pickleOf(named('a', 'B'), ')}K\x01K\x02s\x92')
    expect(decoder.decode(payload)).toEqual(new OpaqueObject('a', 'B', [new Map([[1, 2]])]))
  })

  it('leaves a class as a value alone', () => {
    expect(decoder.decode(pickleOf(named('a', 'B')))).toMatchObject({
      module: 'a',
      name: 'B',
      args: [],
    })
    expect(decoder.decode(pickleOf(named('builtins', 'int')))).toBeInstanceOf(OpaqueObject)
  })

  it('keeps a dtype and a time zone as values of their own', () => {
    expect(decoder.decode(pickleOf(f8))).toMatchObject({
      module: 'numpy',
      name: 'dtype',
      args: ['f8'],
    })
    const zone = pickleOf(
      named('zoneinfo', 'ZoneInfo._unpickle'),
      tuple(text('Europe/Berlin')),
      'R',
    )
    expect(decoder.decode(zone)).toMatchObject({ name: 'ZoneInfo', args: ['Europe/Berlin'] })
  })

  it('is its one argument if its class is listed as an Enum', () => {
    const own = pickleDecoder({ enums: ['devices.Shutter', 'outer.Class.State'] })
    expect(own.decode(pickleOf(named('devices', 'Shutter'), text('open'), '\x85R'))).toBe('open')
    expect(own.decode(pickleOf(named('devices', 'Shutter'), text('open'), '\x85\x81'))).toBe('open')
    expect(own.decode(pickleOf(named('outer', 'Class.State'), 'K\x02\x85R'))).toBe(2)
    expect(own.decode(bytesOf("c__builtin__\ngetattr\n(couter\nClass\nS'State'\ntR(I2\ntR."))).toBe(
      2,
    )
    const pair = own.decode(pickleOf(named('devices', 'Shutter'), 'K\x01K\x02\x86R'))
    expect(pair).toEqual(new OpaqueObject('devices', 'Shutter', [1, 2]))
    expect(own.decode(pickleOf(named('other', 'Shutter'), text('open'), '\x85R'))).toEqual(
      new OpaqueObject('other', 'Shutter', ['open']),
    )
  })
})

describe('a payload', () => {
  it('may be a Node Buffer, and bytes in it are plain arrays all the same', () => {
    const bytes = decoder.decode(Buffer.from(pickleOf(raw('ab'))))
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype)
    expect(bytes).toEqual(Uint8Array.of(97, 98))
  })

  it('of any position in memory decodes alike', () => {
    const payloads = readFrames('custom_types').map((frame) => partsOf(frame).payload)
    for (const payload of payloads) {
      const wanted = decoder.decode(payload.slice())
      for (let shift = 0; shift < 8; shift++) {
        const moved = new Uint8Array(payload.length + shift)
        moved.set(payload, shift)
        expect(decoder.decode(moved.subarray(shift))).toEqual(wanted)
      }
    }
  })
})
