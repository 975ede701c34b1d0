import { encodePayload, NDArray } from '@prompt-papermill/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  BatchReader,
  packAlone,
  packBatch,
} from '../../../../packages/core/src/source/remote-dispatcher/thread/batch.js'
import { findBulk } from '../../../../packages/core/src/source/remote-dispatcher/thread/find-bulk.js'

function framesOf(batch: ArrayBuffer): Uint8Array[] {
  const reader = new BatchReader(batch)
  const frames: Uint8Array[] = []
  for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame)
  return frames
}

describe('a batch of frames', () => {
  it('has every frame as it was put in, in order, empty ones too', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (frames) => {
        const bytes = frames.reduce((sum, { length }) => sum + length, 0)
        expect(framesOf(packBatch(frames, bytes))).toEqual(frames)
      }),
    )
  })

  it('of one frame has it as it was too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (frame) => {
        expect(framesOf(packAlone(frame))).toEqual([frame])
      }),
    )
  })

  it('takes frames that are parts of larger buffers, and is no part of one itself', () => {
    const pool = Buffer.from('xxstartxx')
    const batch = packBatch([pool.subarray(2, 7)], 5)
    expect(Buffer.from(framesOf(batch)[0]!).toString()).toBe('start')
    // what is a part of Node's own pool can't be handed to another thread
    expect(batch.byteLength).toBe(3 * 4 + 5)
  })
})

describe('the bulk data of a frame', () => {
  const image = new NDArray('<u2', [200, 300], new Uint16Array(60_000).fill(0xabcd))

  it.each(['pickle', 'msgpack'] as const)('is aligned when it came as %s', (encoding) => {
    const payload = encodePayload({ data: { motor: 1.5, image }, seq_num: 1 }, encoding)
    for (let shift = 0; shift < 8; shift++) {
      const frame = Buffer.concat([Buffer.alloc(shift, 0x20), payload])
      const start = findBulk(frame)
      expect(frame.readUInt16LE(start)).toBe(0xabcd)
      expect(frame.readUInt16LE(start + 120_000 - 2)).toBe(0xabcd)
      expect(frame[start - 1]).not.toBe(0xab)
      const [copy] = framesOf(packAlone(frame))
      expect((copy!.byteOffset + start) % 8).toBe(0)
    }
  })

  it.each([
    ['BINBYTES8', Buffer.concat([Buffer.of(0x8e), lengthOf(40_000)])],
    ['BYTEARRAY8', Buffer.concat([Buffer.of(0x96), lengthOf(40_000)])],
  ])('is found behind %s', (_, header) => {
    const frame = Buffer.concat([Buffer.from(' event 123'), header, Buffer.alloc(40_010)])
    expect(findBulk(frame)).toBe(10 + 9)
  })

  it('is not taken for such where it is text, short, or longer than the frame', () => {
    const text = Buffer.from(` event {"B": "${'BBBB'.repeat(50_000)}"}`)
    const short = Buffer.concat([Buffer.of(0x42, 0, 0x10, 0, 0), Buffer.alloc(100_000, 0x20)])
    const long = Buffer.concat([Buffer.of(0x42, 0, 0, 0x10, 0), Buffer.alloc(100_000, 0x20)])
    expect([findBulk(text), findBulk(short), findBulk(long)]).toEqual([0, 0, 0])
  })

  it('is looked for in any bytes without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (head) => {
        const frame = Buffer.concat([head, Buffer.alloc(70_000, 0x42)])
        expect(findBulk(frame)).toBeLessThan(frame.length)
        expect(Buffer.compare(framesOf(packAlone(frame))[0]!, frame)).toBe(0)
      }),
    )
  })
})

function lengthOf(bytes: number): Buffer {
  const words = Buffer.alloc(8)
  words.writeUInt32LE(bytes)
  return words
}
