import { PassThrough } from 'node:stream'

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { KernelPool } from '@prompt-papermill/papermill-runner'
import type { KernelPoolOptions } from '@prompt-papermill/papermill-runner'

import { LONGEST_WAIT_MS, RESPITE_MS } from '../../packages/papermill-runner/src/pool/refill.ts'
import { NotebookProcess } from '../../packages/papermill-runner/src/process/notebook-process.ts'
import type { RunnerEvent } from '../../packages/papermill-runner/src/process/runner-event.ts'

/** A process that gets ready, and ends, when the test says so. */
class FakeProcess {
  readonly startedAhead = true
  readonly stderr = new PassThrough()
  readonly ended: Promise<void>
  end: () => void = () => undefined
  ready: () => void = () => undefined
  readonly #first: Promise<RunnerEvent>

  constructor() {
    this.ended = new Promise((resolve) => (this.end = resolve))
    const warm = { kernel: 'python3', missing: {} }
    this.#first = new Promise((resolve) => {
      this.ready = () => resolve({ event: 'ready', warm } as RunnerEvent)
    })
  }

  first(): Promise<RunnerEvent> {
    return this.#first
  }

  changesFor(): { set: object; unset: readonly string[] } {
    return { set: {}, unset: [] }
  }

  closeInput(): void {
    this.end()
  }

  dispose(): Promise<number[]> {
    return this.ended.then(() => [])
  }
}

/** A pool on two cores, and the processes that it has started, in order. */
function poolOf(options: KernelPoolOptions) {
  const started: FakeProcess[] = []
  vi.spyOn(NotebookProcess, 'start').mockImplementation(() => {
    const process = new FakeProcess()
    started.push(process)
    return Promise.resolve(process as unknown as NotebookProcess)
  })
  const pool = new KernelPool({ python: 'a python', cores: 2, ...options })
  onTestFinished(() => pool.close())
  const take = async (): Promise<FakeProcess> => {
    const taken: unknown = await pool.take({ python: 'a python', env: {} })
    return started.find((process) => process === taken)!
  }
  return { pool, started, take }
}

/** Lets happen what needs no time. */
const now = () => vi.advanceTimersByTimeAsync(0)

describe('a pool of three, on two cores,', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  /** Such a pool, with all its kernels ready. */
  async function filled() {
    const made = poolOf({ warm: 3 })
    for (let each = 0; each < 3; each += 1) {
      await now()
      made.started[each]?.ready()
    }
    expect(await made.pool.filled()).toBe(true)
    return made
  }

  it('starts one kernel at a time, and none while each core has a notebook and one is left', async () => {
    const { pool, started, take } = poolOf({ warm: 3 })
    for (const kernel of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(60_000)
      expect([started.length, pool.ready]).toEqual([kernel, kernel - 1])
      started[kernel - 1]?.ready()
      await now()
    }
    expect([pool.ready, started.length]).toEqual([3, 3])
    const [first] = [await take(), await take()]
    await vi.advanceTimersByTimeAsync(LONGEST_WAIT_MS - 1)
    expect([pool.ready, started.length]).toEqual([1, 3])
    first.end()
    await now()
    expect([pool.ready, started.length]).toEqual([1, 4])
  })

  it('starts one all the same where the notebooks take long', async () => {
    const { started, take } = await filled()
    await take()
    await take()
    await vi.advanceTimersByTimeAsync(LONGEST_WAIT_MS - 1)
    expect(started.length).toBe(3)
    await vi.advanceTimersByTimeAsync(1)
    expect(started.length).toBe(4)
  })

  it('leaves a notebook alone that has just begun', async () => {
    const { started, take } = await filled()
    await take()
    await vi.advanceTimersByTimeAsync(RESPITE_MS - 1)
    expect(started.length).toBe(3)
    await vi.advanceTimersByTimeAsync(1)
    expect(started.length).toBe(4)
  })

  it('waits no longer for its next kernel where the clock was set back', async () => {
    const { started, take } = await filled()
    const notebook = await take()
    vi.setSystemTime(Date.now() - 24 * 3_600_000)
    notebook.end()
    await vi.advanceTimersByTimeAsync(RESPITE_MS)
    expect(started.length).toBe(4)
  })
})
