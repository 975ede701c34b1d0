import { describe, expect, it } from 'vitest'

import { packBatch } from '../../../../packages/core/src/source/remote-dispatcher/thread/batch.js'
import { BatchQueue } from '../../../../packages/core/src/source/remote-dispatcher/thread/batch-queue.js'

function batchOf(...bytes: number[]): ArrayBuffer {
  return packBatch(
    bytes.map((byte) => Uint8Array.of(byte)),
    bytes.length,
  )
}

function blockFor(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}

describe('the queue of batches', () => {
  it('takes frames at once and in order, and says when a batch is done with', () => {
    const heard: unknown[] = []
    const queue = new BatchQueue(
      ([byte]) => heard.push(byte),
      () => heard.push('done'),
    )
    queue.push(batchOf(1, 2))
    queue.push(batchOf(3))
    expect(heard).toEqual([1, 2, 'done', 3, 'done'])
  })

  it('lets others have their turn, within a long batch and between batches', async () => {
    const taken: number[] = []
    const queue = new BatchQueue(
      ([byte]) => {
        taken.push(byte!)
        blockFor(2)
      },
      () => undefined,
    )
    for (let n = 0; n < 5; n++) queue.push(batchOf(...Array.from({ length: 16 }, () => n)))
    expect(taken.length).toBeLessThan(80)
    let turns = 0
    while (taken.length < 80) {
      await new Promise((resolve) => setImmediate(resolve))
      turns += 1
    }
    expect(turns).toBeGreaterThanOrEqual(4)
    expect(taken).toEqual([...taken].sort((a, b) => a - b))
  })

  it('takes nothing more once it is closed, also not of the batch that it was at', async () => {
    const taken: number[] = []
    const queue: BatchQueue = new BatchQueue(
      ([byte]) => {
        taken.push(byte!)
        if (byte === 2) queue.close()
      },
      () => undefined,
    )
    queue.push(batchOf(1, 2, 3))
    queue.push(batchOf(4))
    await new Promise((resolve) => setImmediate(resolve))
    expect(taken).toEqual([1, 2])
  })

  it('takes nothing more if it is closed between two turns', async () => {
    const taken: number[] = []
    const queue = new BatchQueue(
      ([byte]) => {
        taken.push(byte!)
        blockFor(2)
      },
      () => undefined,
    )
    queue.push(batchOf(...Array.from({ length: 30 }, (_, n) => n)))
    const before = taken.length
    expect(before).toBeLessThan(30)
    queue.close()
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    expect(taken.length).toBe(before)
  })
})
