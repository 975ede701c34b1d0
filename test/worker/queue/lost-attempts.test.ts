import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import {
  LostAttempts,
  type LostAttemptsOptions,
} from '../../../packages/worker/src/queue/bullmq/lost-attempts.ts'
import { quick } from './support.ts'

/** Such a look, with a Redis that comes and goes when the test says so, and what it started. */
function looking() {
  const on: Record<'ready' | 'lost', () => void> = { ready: () => undefined, lost: () => undefined }
  const looks: string[] = []
  class Worker {
    on = () => this
    startStalledCheckTimer = () => Promise.resolve(void looks.push('begun'))
    close = () => Promise.resolve(void looks.push('ended'))
  }
  const connection = {
    onReady: (listener: () => void) => void (on.ready = listener),
    onLost: (listener: () => void) => void (on.lost = listener),
  }
  const parts = {
    bullmq: { Worker },
    connection,
    prefix: 'p',
    timing: quick,
    lost: () => undefined,
  }
  const lost = new LostAttempts(parts as unknown as LostAttemptsOptions)
  return { lost, on, looks }
}

describe('who looks for attempts that were lost', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('does so a while after Redis is there, and not while it is away', async () => {
    const { lost, on, looks } = looking()
    on.ready()
    await vi.advanceTimersByTimeAsync(quick.afterReconnect - 1)
    expect(looks).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(looks).toEqual(['begun'])
    on.lost()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toEqual(['begun', 'ended'])
    on.ready()
    await vi.advanceTimersByTimeAsync(quick.afterReconnect)
    expect(looks).toEqual(['begun', 'ended', 'begun'])
    await lost.close()
    expect(looks).toEqual(['begun', 'ended', 'begun', 'ended'])
  })

  it('does not where Redis goes again before, or the queue is closed', async () => {
    const { lost, on, looks } = looking()
    on.ready()
    await vi.advanceTimersByTimeAsync(quick.afterReconnect - 1)
    on.lost()
    await vi.advanceTimersByTimeAsync(60_000)
    on.ready()
    await lost.close()
    on.ready()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks).toEqual([])
  })
})
