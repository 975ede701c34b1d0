import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../packages/core/src/decode/decoders.js'
import { NDArray } from '../../../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { PyDateTime } from '../../../../packages/core/src/documents/values/py-datetime.js'
import { bytesOf } from '../../../support/bytes.js'
import {
  array,
  dtype,
  named,
  pickleOf,
  raw,
  text,
  tuple,
  whole,
} from '../../../support/pickle-parts.js'

const decoder = pickleDecoder()
const f8 = dtype('f8')

describe('an array', () => {
  const content = new Uint8Array(Float64Array.of(1.5, -2).buffer)

  it('is a view of the payload where it lies right, and else one copy', () => {
    const payload = pickleOf(array(f8, [2], raw(content)))
    const buffers = Array.from({ length: 8 }, (_, shift) => {
      const moved = new Uint8Array(payload.length + shift)
      moved.set(payload, shift)
      const { data } = decoder.decode(moved.subarray(shift)) as NDArray
      expect(data).toEqual(Float64Array.of(1.5, -2))
      const { buffer } = data as Float64Array
      return buffer === moved.buffer ? 'view' : buffer.byteLength
    })
    expect(buffers.filter((buffer) => buffer === 'view')).toHaveLength(1)
    expect(buffers.filter((buffer) => buffer === 16)).toHaveLength(7)
  })

  it('is brought into C order', () => {
    const columns = raw(new Uint8Array(Int16Array.of(1, 4, 2, 5, 3, 6).buffer))
    const decoded = decoder.decode(pickleOf(array(dtype('i2'), [2, 3], columns, true)))
    expect(decoded).toEqual(new NDArray('<i2', [2, 3], Int16Array.of(1, 2, 3, 4, 5, 6)))
  })

  it("is brought into this machine's byte order", () => {
    const decoded = decoder.decode(
      pickleOf(array(dtype('i2', { order: '>' }), [2], raw('\x01\x02\xff\xfe'))),
    )
    expect(decoded).toEqual(new NDArray('>i2', [2], Int16Array.of(0x0102, -2)))
  })

  it('of booleans is zeros and ones', () => {
    const decoded = decoder.decode(
      pickleOf(array(dtype('b1', { order: '|' }), [2], raw('\x01\0'))),
    ) as NDArray
    expect(decoded.data).toEqual(Uint8Array.of(1, 0))
    expect(decoded.toList()).toEqual([true, false])
  })

  it('of dates is ticks', () => {
    const [dates] = decoder.decode(
      pickleOf('(', array(dtype('M8'), [1], raw('\x05\0\0\0\0\0\0\0')), 't'),
    ) as [NDArray]
    expect(dates.data).toEqual(BigInt64Array.of(5n))
  })
})

describe('a numpy scalar', () => {
  it('is the same, whether or not the memo is asked for its bytes and arguments', () => {
    const scalar = bytesOf(
      named('numpy._core.multiarray', 'scalar'),
      f8,
      'C\x08',
      new Uint8Array(Float64Array.of(1.5).buffer),
    )
    const payload = pickleOf('(', scalar, '\x94\x86\x94R\x94h\0h\x01t')
    const [value, bytes, args] = decoder.decode(payload) as [number, Uint8Array, unknown[]]
    expect(value).toBe(1.5)
    expect(bytes).toEqual(new Uint8Array(Float64Array.of(1.5).buffer))
    expect(args[1]).toBe(bytes)
    expect(args[0]).toMatchObject({ module: 'numpy', name: 'dtype' })
  })
})

describe('a datetime', () => {
  const noon = raw('\x07\xea\x07\x02\x0c\0\0\0\0\0')
  const inZone = (...zone: (string | Uint8Array)[]) =>
    decoder.decode(pickleOf(named('datetime', 'datetime'), '(', noon, ...zone, 'tR'))

  it.each([
    ['pytz.utc', '+00:00', [named('pytz', '_UTC'), ')R']],
    [
      'pytz, localized',
      '+02:00',
      [
        named('pytz', '_p'),
        tuple(text('Europe/Berlin'), whole(7200), whole(3600), text('CEST')),
        'R',
      ],
    ],
    ['pytz, of one offset', '-05:00', [named('pytz', '_p'), tuple(text('Etc/GMT+5')), 'R']],
    ['pytz.FixedOffset', '+01:30', [named('pytz', '_FixedOffset'), tuple(whole(90)), 'R']],
    [
      'dateutil 2, from a file',
      '+02:00',
      [
        named('dateutil.tz.tz', 'tzfile'),
        tuple(bytesOf('N'), text('/usr/share/zoneinfo/Europe/Berlin')),
        'R}b',
      ],
    ],
    [
      'dateutil 3, from a file',
      '+02:00',
      [
        named('dateutil.tz', '_tzfile._unpickle'),
        tuple(bytesOf('N'), text('Europe/Berlin'), bytesOf('N'), bytesOf('N')),
        'R',
      ],
    ],
    [
      'dateutil 3, from a file without a name',
      '+02:00',
      [
        named('dateutil.tz', '_tzfile._unpickle'),
        tuple(bytesOf('NN'), text('/usr/share/zoneinfo/Europe/Berlin'), bytesOf('N')),
        'R',
      ],
    ],
    [
      'backports of zoneinfo',
      '+02:00',
      [
        named('backports.zoneinfo', 'ZoneInfo._unpickle'),
        tuple(text('Europe/Berlin'), whole(1)),
        'R',
      ],
    ],
  ])('has the offset of its zone: %s', (_, offset, zone) => {
    expect((inZone(...zone) as PyDateTime).isoformat()).toBe(`2026-07-02T12:00:00${offset}`)
  })

  it("has the offset of the sender's zone, if that does not change", () => {
    const local = (changes: string) => [
      named('dateutil.tz.tz', 'tzlocal'),
      ')\x81}(',
      text('_std_offset'),
      named('datetime', 'timedelta'),
      tuple(whole(0), whole(3600), whole(0)),
      'R',
      text('_hasdst'),
      changes,
      'ub',
    ]
    expect(inZone(...local('\x89'))).toEqual(PyDateTime.fromIsoformat('2026-07-02T12:00:00+01:00'))
    expect(inZone(...local('\x88'))).toMatchObject({
      module: 'datetime',
      args: ['2026-07-02T12:00:00', {}],
    })
  })

  it('of an unknown zone is kept as an opaque object, rather than without its zone', () => {
    for (const zone of [
      inZone(named('my', 'Zone'), ')R'),
      inZone(named('zoneinfo', 'ZoneInfo'), tuple(text('Atlantis/Capital')), 'R'),
      inZone('K\x05'),
    ]) {
      expect(zone).toBeInstanceOf(OpaqueObject)
      expect(zone).toMatchObject({ module: 'datetime', name: 'datetime' })
    }
  })
})
