import { type DocumentMessage, DocumentSource, RunRouter } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import type { TiledCatchUp } from '@prompt-papermill/core/tiled'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { lookAfterLoss } from '../../../packages/worker/src/catch-up/look-after-loss.ts'

/** A source that says what a test has it say. */
class SilentSource extends DocumentSource {
  readonly description = 'nothing'
  constructor() {
    super(1)
  }
  override start(): Promise<void> {
    return Promise.resolve()
  }
  override stop(): Promise<void> {
    return Promise.resolve()
  }
}

describe('a catch-up looks', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function wired() {
    const check = vi.fn(() => Promise.reject(new Error('the server is away')))
    const [source, router] = [new SilentSource(), new RunRouter()]
    lookAfterLoss({ check } as unknown as TiledCatchUp, [source], router, 5000)
    const looks = (): number => {
      vi.advanceTimersByTime(5000)
      const { length } = check.mock.calls
      check.mockClear()
      return length
    }
    return { source, router, looks }
  }

  const play = (router: RunRouter, leaveOut: (message: DocumentMessage) => boolean): void => {
    for (const message of makeRunDocuments({ events: { primary: 4 } }).messages) {
      if (!leaveOut(message)) router.dispatch(message)
    }
  }
  const isEvent = (message: DocumentMessage, seqNum: number): boolean =>
    message.name === 'event' && message.doc.seq_num === seqNum

  it('after a gap, a run without its start, frames that were lost', () => {
    const { source, router, looks } = wired()
    play(router, () => false)
    expect(looks()).toBe(0)
    play(router, (message) => isEvent(message, 2))
    expect(looks()).toBe(1)
    play(router, ({ name }) => name === 'start')
    expect(looks()).toBe(1)
    play(router, ({ name }) => name !== 'stop')
    expect(looks()).toBe(1)
    source.emit('lost', 7)
    expect(looks()).toBe(1)
  })

  it('when a connection is there again, and not when it is there first', () => {
    const { source, looks } = wired()
    source.emit('connected', 'a')
    expect(looks()).toBe(0)
    source.emit('disconnected', 'a')
    expect(looks()).toBe(0)
    source.emit('connected', 'a')
    expect(looks()).toBe(1)
  })

  it('once for a crowd of losses', () => {
    const { source, router, looks } = wired()
    for (let i = 0; i < 1000; i += 1) source.emit('lost', 1)
    play(router, (message) => isEvent(message, 2))
    expect(looks()).toBe(1)
  })
})
