import type { ReadinessState } from '../actions/readiness.js'
import type { Job, JobStatus, JobWait } from '../jobs/job.js'
import { makeJob } from './make-job.js'
import {
  always,
  neverCalled,
  succeeded,
  untilAborted,
  whenRunning,
  whenStatus,
} from './queue-performers.js'
import type { QueueSuite } from './queue-suite.js'

const wait: JobWait = { for: 'the file', every: 5, factor: 1, longest: 5, limit: 60_000 }
const notYet: ReadinessState = { ready: false, message: 'it is not there' }

export function describeWaiting({ expect, it, open }: QueueSuite): void {
  it('performs a job once its data is ready, and says meanwhile what it waits for', async () => {
    const queue = await open()
    const job = makeJob({ wait })
    const found: ReadinessState[] = [notYet, notYet, { ready: true }]
    const told: JobStatus[] = []
    queue.events.on('status', (status) => told.push(status))
    await queue.start(always(succeeded), () => Promise.resolve(found.shift() ?? notYet))
    await queue.add([job])
    await queue.idle()
    expect(found.length).toBe(0)
    const states = told.map(({ state }) => state.state)
    expect(states).toEqual(['waiting', 'waiting', 'waiting', 'queued', 'running', 'succeeded'])
    const state = told[1]?.state
    expect(state?.state === 'waiting' && state.message.includes('the file: it is not there')).toBe(
      true,
    )
    expect(state?.state === 'waiting' && state.nextTry !== null).toBe(true)
    expect(told.at(-1)?.attempt).toBe(1)
    await queue.stop(0)
  })

  it('lets others run meanwhile: what waits takes no place', async () => {
    const queue = await open({ concurrency: 1, rules: { rule: 1 } })
    const [waiting, other] = [makeJob({ wait }), makeJob()]
    let ready = false
    await queue.start(always(succeeded), () => Promise.resolve(ready ? { ready } : notYet))
    const ended = whenStatus(
      queue,
      ({ job, state }) => job.id === other.id && state.state === 'succeeded',
    )
    await queue.add([waiting, other])
    await ended
    expect((await queue.get(waiting.id))?.state.state).toBe('waiting')
    expect((await queue.counts()).waiting).toBe(1)
    ready = true
    await queue.idle()
    expect((await queue.get(waiting.id))?.state).toEqual(succeeded)
    await queue.stop(0)
  })

  it('skips a job whose data did not come within its limit, or never can', async () => {
    const queue = await open()
    const late = makeJob({ wait: { ...wait, limit: 20 } })
    const never = makeJob({ wait })
    await queue.start(neverCalled, ({ id }) =>
      Promise.resolve(
        id === never.id ? { ready: false, message: 'no such field', never: true } : notYet,
      ),
    )
    await queue.add([late, never])
    await queue.idle()
    const reasonOf = async ({ id }: Job): Promise<unknown> => {
      const status = await queue.get(id)
      return status?.state.state === 'skipped' && [status.state.reason, status.attempt]
    }
    expect(await reasonOf(late)).toEqual(['data-not-ready', 0])
    expect(await reasonOf(never)).toEqual(['data-not-ready', 0])
    await queue.stop(0)
  })

  it('takes a look that fails for one that found nothing', async () => {
    const queue = await open()
    const job = makeJob({ wait })
    let looks = 0
    await queue.start(always(succeeded), () => {
      looks += 1
      if (looks === 1) throw new Error('a mistake of the test')
      return looks === 2 ? Promise.reject(new Error('another')) : Promise.resolve({ ready: true })
    })
    await queue.add([job])
    await queue.idle()
    expect((await queue.get(job.id))?.state).toEqual(succeeded)
    expect(looks).toBe(3)
    await queue.stop(0)
  })

  it('cancels what waits, and ends its look', async () => {
    const queue = await open()
    const job = makeJob({ wait })
    let look: (signal: AbortSignal) => void = () => undefined
    const looking = new Promise<AbortSignal>((resolve) => (look = resolve))
    await queue.start(neverCalled, (_, signal) => {
      look(signal)
      return new Promise(() => undefined)
    })
    await queue.add([job])
    const signal = await looking
    expect(await queue.cancel(job.id, 'not needed')).toBe(true)
    await queue.idle()
    expect(signal.aborted).toBe(true)
    const state = (await queue.get(job.id))?.state
    expect(state).toEqual({ state: 'cancelled', message: 'not needed' })
    await queue.stop(0)
  })

  it('leaves what waits as it is when it stops', async () => {
    const queue = await open()
    const job = makeJob({ wait })
    await queue.start(neverCalled, () => Promise.resolve(notYet))
    const waits = whenStatus(
      queue,
      ({ state }) => state.state === 'waiting' && state.nextTry !== null,
    )
    await queue.add([job])
    await waits
    const idle = queue.idle()
    await queue.stop(0)
    await idle
    expect((await queue.get(job.id))?.state.state).toBe('waiting')
  })

  it('waits for the data of a job that is attempted once more, and not between its attempts', async () => {
    const queue = await open()
    const job = makeJob({ wait })
    let looks = 0
    const ready = (): Promise<ReadinessState> => {
      looks += 1
      return Promise.resolve({ ready: true })
    }
    await queue.start(untilAborted, ready)
    const running = whenRunning(queue)
    await queue.add([job])
    await running
    await queue.cancel(job.id, 'not now')
    await queue.idle()
    expect(looks).toBe(1)
    const again = whenRunning(queue)
    await queue.rerun((await queue.get(job.id)) as JobStatus)
    await again
    expect(looks).toBe(2)
    await queue.stop(1)
  })
}
