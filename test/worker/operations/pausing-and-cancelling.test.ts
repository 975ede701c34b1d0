import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { cancel } from '../../../packages/worker/src/operations/cancel.js'
import { pause, readPause, resume } from '../../../packages/worker/src/operations/pausing.js'
import { Operated } from './support.js'

const sleeping = [{ name: 'all', when: {}, actions: [{ use: 'act', parameters: { sleep: 3600 } }] }]

describe('a worker that is paused', () => {
  it('queues jobs and begins none, until it is resumed', async () => {
    const operated = await Operated.start()
    const { worker } = operated
    const { who, at } = await pause(worker, 'ada')
    expect([who, worker.health().paused]).toEqual(['ada', true])
    const [id = ''] = await operated.run()
    expect((await worker.ledger.job(id))?.state).toEqual({ state: 'queued' })
    // who pauses it once more does not take it over
    expect(await pause(worker, 'grace')).toEqual({ who: 'ada', at })
    expect(await resume(worker, 'grace')).toEqual({ who: 'ada', at })
    expect((await operated.whenEnded(id)).state.state).toBe('succeeded')
    expect(await resume(worker, 'grace')).toBe(null)
    expect(await operated.acts()).toEqual([
      ['ada', 'pause', null, null],
      ['grace', 'pause', null, null],
      ['grace', 'resume', null, null],
      ['grace', 'resume', null, null],
    ])
  })

  it('stays so over a restart', async () => {
    const operated = await Operated.start()
    await pause(operated.worker, 'ada')
    const [id = ''] = await operated.run()
    await operated.restart()
    expect(operated.worker.health().paused).toBe(true)
    expect((await operated.worker.ledger.job(id))?.state).toEqual({ state: 'queued' })
    await resume(operated.worker, 'ada')
    expect((await operated.whenEnded(id)).state.state).toBe('succeeded')
    await operated.restart()
    expect(operated.worker.health().paused).toBe(false)
  })

  it('may have been so by a file that somebody made', async () => {
    const operated = await Operated.start()
    const { state } = operated.worker.config
    await writeFile(join(state, 'paused.json'), '')
    expect(await readPause(state)).toEqual({ who: 'somebody', at: 'some time' })
    await operated.restart()
    expect(operated.worker.health().paused).toBe(true)
  })
})

describe('cancelling', () => {
  it('leaves out a job that is queued, for the reason that was given', async () => {
    const operated = await Operated.start()
    const { worker } = operated
    await pause(worker, 'ada')
    const [id = ''] = await operated.run()
    const row = await cancel(worker, id.slice(0, 12), { message: 'wrong sample' }, 'ada')
    expect([row.id, row.state]).toEqual([id, 'queued'])
    expect((await worker.ledger.job(id))?.state).toEqual({
      state: 'cancelled',
      message: 'wrong sample',
    })
    expect((await operated.acts()).at(-1)).toEqual([
      'ada',
      'cancel',
      id,
      { message: 'wrong sample' },
    ])
  })

  it('ends a job that runs, and says by whom', async () => {
    const operated = await Operated.start({ rules: sleeping })
    const [id = ''] = await operated.run()
    await operated.whenRunning(id)
    expect((await cancel(operated.worker, id, {}, 'ada')).state).toBe('running')
    const { state, attempt, resultsDir } = await operated.whenEnded(id)
    expect([state, attempt]).toEqual([{ state: 'cancelled', message: 'cancelled by ada' }, 1])
    expect((await stat(join(resultsDir ?? '', 'manifest.json'))).isFile()).toBe(true)
    expect((await operated.acts()).at(-1)).toEqual(['ada', 'cancel', id, null])
  })

  it('is no use to a job that has ended, or is not there', async () => {
    const operated = await Operated.start()
    const [id = ''] = await operated.runToEnd()
    await expect(cancel(operated.worker, id, {}, 'ada')).rejects.toMatchObject({
      kind: 'conflict',
      message: `the job ${id} has ended already: succeeded`,
    })
    await expect(cancel(operated.worker, 'nothing', {}, 'ada')).rejects.toMatchObject({
      kind: 'not-found',
    })
    expect(await operated.acts()).toEqual([])
  })
})
