import { describe, expect, it } from 'vitest'

import type { Told } from '../../packages/papermill-runner/src/execute/conversation.ts'
import { decide, type Ran } from '../../packages/papermill-runner/src/execute/decide.ts'
import { endingOf } from '../../packages/papermill-runner/src/execute/ending.ts'
import { Redactor } from '../../packages/papermill-runner/src/execute/redactor.ts'
import { Said } from '../../packages/papermill-runner/src/execute/said.ts'
import type { LastEvent } from '../../packages/papermill-runner/src/process/runner-event.ts'

const kernel = { name: 'python3', language: 'python' }
const started: NonNullable<Told['started']> = { event: 'started', cells: 4, kernel }
const cancelled = { why: 'cancelled', message: 'by ann' } as const
const atLimit = {
  why: 'timed-out',
  message: 'the notebook ran longer than 60 s',
  limit: 'notebook 60 s',
} as const

const killed: LastEvent = {
  event: 'failed',
  reason: 'kernel-died',
  message: 'the kernel was ended by SIGTERM',
  evidence: { signal: 'SIGTERM' },
}
const finished: LastEvent = {
  event: 'finished',
  state: 'succeeded',
  message: null,
}

/** What is decided of what was told, for a notebook behind a launcher if one is named. */
function decided(told: Partial<Told>, launcher: readonly string[] = []) {
  const said = new Said(undefined, new Redactor({}))
  const ran: Ran = { python: '/opt/python', launcher, said }
  return decide({ cellSeconds: [], ...told }, ran)
}

describe('how a notebook ended', () => {
  it('is what its program said last, whatever was asked of it and however it exited', () => {
    const end = { exitCode: null, signal: 'SIGKILL' } as const
    expect(decided({ started, last: finished, ending: cancelled, end })).toEqual({
      state: 'succeeded',
    })
    expect(decided({ started, last: killed, ending: cancelled })).toMatchObject({
      reason: 'kernel-died',
    })
  })

  it('is cancelled where that was asked of a program that said nothing more', () => {
    const end = { exitCode: null, signal: 'SIGKILL' } as const
    expect(decided({ started, ending: cancelled, end })).toEqual({
      state: 'cancelled',
      message: 'by ann',
    })
  })

  it('is interrupted where the host stopped, so that it is run again', () => {
    const ending = endingOf({ kind: 'interrupted', message: 'the worker is stopped' })
    expect(decided({ started, ending })).toEqual({
      state: 'failed',
      reason: 'interrupted',
      message: 'the worker is stopped',
    })
  })

  it('is timed out, with the limit, where it could not be ended gently', () => {
    const end = { exitCode: null, signal: 'SIGKILL' } as const
    expect(decided({ started, ending: atLimit, end })).toEqual({
      state: 'failed',
      reason: 'timed-out',
      message: atLimit.message,
      evidence: { limit: 'notebook 60 s' },
    })
  })

  it('behind a launcher is what its program said of a signal, where the launcher says nothing', () => {
    const wanted = { state: 'failed', reason: 'kernel-died', evidence: { signal: 'SIGTERM' } }
    expect(decided({ started, last: killed }, ['srun'])).toMatchObject(wanted)
    expect(decided({ started, last: killed, ending: cancelled }, ['srun'])).toMatchObject(wanted)
  })

  it('is that its program died, also where nobody saw how', () => {
    // a forked one, whose parent had ended before
    const wanted = { state: 'failed', reason: 'kernel-died', evidence: {} }
    const message = 'the Python program that ran the notebook ended, and nobody saw how'
    expect(decided({ started, end: { exitCode: null, signal: null } })).toEqual({
      ...wanted,
      message,
    })
    expect(decided({ started })).toEqual({ ...wanted, message })
    expect(decided({ started, end: { exitCode: 3, signal: null } })).toMatchObject({
      message: expect.stringContaining('exited with code 3') as string,
      evidence: { exitCode: 3 },
    })
  })
})

describe('a notebook that did not start', () => {
  const message = (text: string) => ({
    state: 'failed',
    reason: 'not-started',
    message: expect.stringContaining(text) as string,
  })

  it('says of a Python that may not be run what the system says', () => {
    const error = Object.assign(new Error('spawn /opt/python EACCES'), { code: 'EACCES' })
    const end = { exitCode: null, signal: null, error }
    expect(decided({ end })).toEqual(
      message(
        "/opt/python can't be started: spawn /opt/python EACCES. Set `python` to the Python that has papermill",
      ),
    )
    expect(decided({ end }, ['srun', '-n1'])).toEqual(
      message("srun can't be started: spawn /opt/python EACCES. Install it, or change `launcher`"),
    )
  })

  it('says that Python took too long, which is another thing than a launcher that waits', () => {
    expect(decided({ late: 'ready' }, ['srun'])).toEqual(
      message('/opt/python took too long to import papermill; see startTimeout, and the log'),
    )
    expect(decided({ late: 'alive' }, ['srun'])).toEqual(
      message('srun did not start /opt/python within limits.launch. Wait for longer'),
    )
  })
})

describe('what ends a notebook', () => {
  const { signal: plain } = new AbortController()
  const aborted = (reason?: unknown): unknown => AbortSignal.abort(reason).reason

  it.each([
    ['a StopReason', { kind: 'cancelled', message: 'by ann' }, 'cancelled', 'by ann'],
    ['a text', aborted('the sample fell off'), 'cancelled', 'the sample fell off'],
    ['a plain abort', aborted(), 'cancelled', 'cancelled'],
    ['null', null, 'cancelled', 'cancelled'],
    ['a number', aborted(7), 'cancelled', 'cancelled'],
    ['a signal that has no reason', plain.reason, 'cancelled', 'cancelled'],
    ['an empty message', { kind: 'cancelled', message: '' }, 'cancelled', 'cancelled'],
    [
      'a host that stops',
      { kind: 'interrupted' },
      'interrupted',
      'the host stopped before the notebook was done',
    ],
    ['a limit', { kind: 'timed-out', message: 'late' }, 'timed-out', 'late'],
  ])('is told by the reason of the signal: %s', (_, reason, why, message) => {
    expect(endingOf(reason)).toMatchObject({ why, message })
  })
})
