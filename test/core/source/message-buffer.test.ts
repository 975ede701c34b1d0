import type { DocumentMessage } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { MessageBuffer } from '../../../packages/core/src/source/message-buffer.js'

function message(n: number): DocumentMessage {
  return { name: 'start', doc: { uid: String(n), time: n } }
}

const never = (): void => {
  throw new Error('nothing should overflow here')
}

async function uids(reader: AsyncIterable<DocumentMessage>): Promise<unknown[]> {
  const read: unknown[] = []
  for await (const { doc } of reader) read.push('uid' in doc ? doc.uid : null)
  return read
}

describe('the buffer between a source and a reader', () => {
  it('hands out messages in order, those before the reader began too', async () => {
    const buffer = new MessageBuffer(10, never)
    buffer.push(message(1))
    const reading = uids(buffer.read(() => undefined))
    buffer.push(message(2))
    await Promise.resolve()
    buffer.push(message(3))
    buffer.end()
    expect(await reading).toEqual(['1', '2', '3'])
  })

  it('holds no more than its limit, and says what it left out', async () => {
    let lost = 0
    const buffer = new MessageBuffer(2, (count) => (lost += count))
    for (let n = 1; n <= 5; n += 1) buffer.push(message(n))
    expect([buffer.length, lost]).toEqual([2, 3])
    buffer.end()
    expect(await uids(buffer.read(() => undefined))).toEqual(['1', '2'])
  })

  it('takes messages again once the reader has made room', async () => {
    let lost = 0
    const buffer = new MessageBuffer(2, (count) => (lost += count))
    const reader = buffer.read(() => undefined)
    for (let n = 1; n <= 5000; n += 1) {
      buffer.push(message(n))
      expect((await reader.next()).value).toEqual(message(n))
    }
    expect([buffer.length, lost]).toEqual([0, 0])
  })

  it('says when the reader has caught up, has gone, or nothing more comes', async () => {
    const buffer = new MessageBuffer(10, never)
    await buffer.drained()
    buffer.push(message(1))
    buffer.push(message(2))
    const reader = buffer.read(() => undefined)
    await reader.next()
    let drained = false
    const draining = buffer.drained().then(() => (drained = true))
    await Promise.resolve()
    expect(drained).toBe(false)
    await reader.return()
    await draining

    const unread = new MessageBuffer(10, never)
    unread.push(message(1))
    const waiting = unread.drained()
    unread.end()
    await waiting
  })

  it('tells when its reader leaves, however it leaves', async () => {
    const left: string[] = []
    for (const way of ['break', 'throw', 'end'] as const) {
      const buffer = new MessageBuffer(10, never)
      buffer.push(message(1))
      if (way === 'end') buffer.end()
      try {
        for await (const _ of buffer.read(() => left.push(way))) {
          if (way === 'break') break
          if (way === 'throw') throw new Error('the reader fails')
        }
      } catch (error) {
        expect((error as Error).message).toBe('the reader fails')
      }
    }
    expect(left).toEqual(['break', 'throw', 'end'])
  })
})
