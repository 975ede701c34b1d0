import { describe, expect, it } from 'vitest'

import { BatchReader } from '../../../../packages/core/src/source/remote-dispatcher/thread/batch.js'
import { Batcher } from '../../../../packages/core/src/source/remote-dispatcher/thread/batcher.js'
import { Flow } from '../../../../packages/core/src/source/remote-dispatcher/thread/flow.js'
import { shareBacklog } from '../../../../packages/core/src/source/remote-dispatcher/thread/limits.js'

/** A batcher whose program is this test: it is done with batches when it says so. */
function batching(shares = { frames: 10, batches: 4, held: 1000 }) {
  const flow = new Flow()
  const sent: number[][] = []
  const lost: number[] = []
  const batcher = new Batcher(shares, flow, {
    batch(batch) {
      const reader = new BatchReader(batch)
      const firstBytes: number[] = []
      for (let frame = reader.next(); frame; frame = reader.next()) firstBytes.push(frame[0]!)
      sent.push(firstBytes)
    },
    lost: (frames) => lost.push(frames),
  })
  return {
    batcher,
    sent,
    lost,
    /** The program is done with so many batches. Says how often it was to wake the thread. */
    finish(count: number): number {
      let woken = 0
      for (let i = 0; i < count; i++) {
        if (!flow.finish()) continue
        woken += 1
        batcher.woken()
      }
      return woken
    },
  }
}

const frame = (n: number, bytes = 1): Uint8Array => new Uint8Array(bytes).fill(n)

describe('a batcher', () => {
  it('sends what it has at once while the program keeps up', () => {
    const { batcher, sent, finish } = batching()
    for (let n = 0; n < 5; n++) {
      batcher.add([frame(n)])
      batcher.pause()
      finish(1)
    }
    expect(sent).toEqual([[0], [1], [2], [3], [4]])
  })

  it('collects while the program is busy, and sends the rest when it has come along', () => {
    const { batcher, sent, finish } = batching()
    for (let n = 0; n < 5; n++) {
      batcher.add([frame(n)])
      batcher.pause()
    }
    expect(sent).toEqual([[0], [1]])
    expect(finish(1)).toBe(1)
    expect(sent).toEqual([[0], [1], [2, 3, 4]])
    expect(finish(2)).toBe(0)
  })

  it('sends a full batch also to a busy program, up to its limit, and holds the others', () => {
    const { batcher, sent, finish } = batching()
    for (let n = 0; n < 60; n++) batcher.add([frame(n)])
    expect(sent.length).toBe(4)
    expect(finish(1)).toBe(0)
    expect(sent.length).toBe(4)
    // woken once at half of the limit, rather than each time
    expect(finish(2)).toBe(1)
    expect(sent.length).toBe(6)
    expect(sent.flat()).toEqual(Array.from({ length: 60 }, (_, n) => n))
  })

  it('throws away what comes when it is full, and says how much once somebody can hear it', () => {
    const { batcher, sent, lost, finish } = batching({ frames: 10, batches: 2, held: 25 })
    for (let n = 0; n < 60; n++) batcher.add([frame(n)])
    expect([sent.length, lost]).toEqual([2, []])
    while (finish(1) === 0);
    expect(lost).toEqual([20])
    finish(4)
    batcher.add([frame(60)])
    batcher.pause()
    const kept = Array.from({ length: 40 }, (_, n) => n)
    expect([sent.flat(), lost]).toEqual([[...kept, 60], [20]])
  })

  it('gives a large frame a batch of its own, in its order', () => {
    const { batcher, sent } = batching()
    batcher.add([frame(0), frame(1, 100_000), frame(2)])
    batcher.pause()
    expect(sent).toEqual([[0], [1]])
  })

  it('fills a batch by bytes too', () => {
    const { batcher, sent } = batching()
    for (let n = 0; n < 9; n++) batcher.add([frame(n, 60_000)])
    expect(sent).toEqual([[0, 1, 2, 3, 4]])
  })

  it('never has more under way than its limits, however the program works', () => {
    const shares = { frames: 7, batches: 3, held: 1e6 }
    const { batcher, sent, lost, finish } = batching(shares)
    let added = 0
    let finished = 0
    let random = 12_345
    for (let step = 0; step < 20_000; step++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      const choice = random >>> 16
      if (choice % 8 !== 0) {
        batcher.add([frame((added += 1) & 0xff)])
        if (choice % 5 === 0) batcher.pause()
      } else if (finished < sent.length) {
        finished += 1
        finish(1)
      }
      if (sent.length - finished > shares.batches) expect.fail('too many batches at once')
    }
    batcher.pause()
    while (finished < sent.length) {
      finished += 1
      finish(1)
    }
    expect(sent.flat()).toEqual(Array.from({ length: added }, (_, n) => (n + 1) & 0xff))
    expect(lost).toEqual([])
  })
})

describe('the shares of a backlog', () => {
  it.each([200_000, 1000, 100, 12, 3])('of %i frames are no more than it', (backlog) => {
    const { frames, batches, held } = shareBacklog(backlog)
    const underWay = frames * (batches + 1)
    expect(underWay + held).toBeLessThanOrEqual(backlog)
    expect(underWay).toBeLessThanOrEqual(Math.max(2, backlog / 2))
  })

  it('have room for a frame even if it is the least that there can be', () => {
    const { batcher, sent } = batching(shareBacklog(1))
    batcher.add([frame(7)])
    expect(sent).toEqual([[7]])
  })
})

describe('the flow between two threads', () => {
  it('counts right beyond the largest number that fits', () => {
    const memory = new SharedArrayBuffer(16)
    new Int32Array(memory)[0] = 2 ** 31 - 2
    const flow = new Flow(memory)
    const sent = (2 ** 31 + 1) | 0
    expect(flow.inFlight(sent)).toBe(3)
    expect(flow.wake(sent, 1)).toBe(false)
    expect([flow.finish(), flow.finish(), flow.finish()]).toEqual([false, true, false])
    expect(flow.inFlight(sent)).toBe(0)
    expect(flow.wake(sent, 1)).toBe(true)
  })
})
