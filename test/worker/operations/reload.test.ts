import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { Operated } from './support.js'

const act = (parameters = {}) => ({ use: 'act', parameters })
const sleeping = { sleep: 3600 }

describe('another config', () => {
  it('is in force for the next run that is decided, and for the next attempt', async () => {
    const operated = await Operated.start()
    await operated.runToEnd()
    const needsRestart = await operated.reload({
      rules: [{ name: 'other', when: { plan_name: 'scan' }, actions: [act({ bins: 2 })] }],
      retry: { attempts: 3, delay: '1ms', on: ['cell-error'] },
    })
    expect(needsRestart).toEqual([])
    expect(await operated.runToEnd({ plan_name: 'count' })).toEqual([])
    await operated.outcome({ state: 'failed', reason: 'cell-error', message: '1/0' })
    const [id = ''] = await operated.runToEnd({ plan_name: 'scan' })
    const status = await operated.worker.ledger.job(id)
    expect(status?.job).toMatchObject({ rule: 'other', parameters: { bins: 2 } })
    expect(status?.attempt).toBe(3)
  })

  it('changes how many jobs run at once, also of those that are queued', async () => {
    const rules = (concurrency: number) => [
      { name: 'all', when: {}, concurrency, actions: [act(sleeping)] },
    ]
    const operated = await Operated.start({
      rules: rules(1),
      queue: { kind: 'embedded', concurrency: 3 },
      shutdown: { grace: '0s' },
    })
    const { queue } = operated.worker.router
    const ids = [await operated.run(), await operated.run(), await operated.run()].flat()
    await operated.whenRunning(ids[0]!)
    expect((await queue.counts()).running).toBe(1)
    await operated.reload({
      rules: rules(2),
      queue: { kind: 'embedded', concurrency: 3 },
      shutdown: { grace: '0s' },
    })
    await operated.whenRunning(ids[1]!)
    expect((await queue.counts()).running).toBe(2)
  })

  it('keeps what needs a restart as it was, and names it', async () => {
    const operated = await Operated.start()
    const before = operated.worker.config
    const needsRestart = await operated.reload({
      state: join(operated.folder, 'elsewhere'),
      results: join(operated.folder, 'others'),
      source: { address: 'localhost:1' },
      http: { port: 1 },
      queue: { kind: 'embedded', capacity: 7 },
      shutdown: { grace: '1s' },
    })
    expect(needsRestart).toEqual(['source', 'state', 'results', 'http', 'queue.capacity'])
    const { config } = operated.worker
    expect(config.grace).toBe(1000)
    for (const key of ['sources', 'state', 'results', 'http', 'capacity'] as const) {
      expect(config[key]).toEqual(before[key])
    }
  })

  it('that can’t be used is refused, and the one from before goes on', async () => {
    const operated = await Operated.start()
    const bad = operated.reload({
      rules: [{ name: 'bad', when: { $where: 'x' }, actions: [act()] }],
    })
    await expect(bad).rejects.toThrow('$where')
    await expect(operated.reload({ actions: { act: './nothing.mjs' } })).rejects.toThrow(
      "nothing.mjs can't be imported",
    )
    const [id = ''] = await operated.runToEnd()
    expect((await operated.worker.ledger.job(id))?.state.state).toBe('succeeded')
    expect(operated.worker.router.rules.map(({ rule }) => rule.name)).toEqual(['all'])
  })

  it('brings an action that was edited', async () => {
    const operated = await Operated.start()
    await operated.runToEnd()
    const path = join(operated.folder, 'act.mjs')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"succeeded"', '"succeeded","message":"edited"'))
    const [before = ''] = await operated.runToEnd()
    expect((await operated.worker.ledger.job(before))?.state).toEqual({ state: 'succeeded' })
    await operated.reload({})
    const [after = ''] = await operated.runToEnd()
    expect((await operated.worker.ledger.job(after))?.state).toEqual({
      state: 'succeeded',
      message: 'edited',
    })
  })
})

describe('a job that waits for its data', () => {
  it('waits over a restart, and runs once it is there', async () => {
    const given = {
      wait: { every: '100ms', longest: '100ms' },
      rules: [
        {
          name: 'all',
          when: {},
          wait: { file: './data/{$start.scan_id}.h5', stable: '0s' },
          actions: [act()],
        },
      ],
    }
    const operated = await Operated.start(given)
    const [id = ''] = await operated.run()
    const { job, state } = await operated.when(
      id,
      (status) => status.state.state === 'waiting' && status.state.nextTry !== null,
    )
    expect(job.wait).toEqual({
      for: 'file ./data/{$start.scan_id}.h5',
      every: 100,
      factor: 2,
      longest: 100,
      limit: 300_000,
    })
    expect(state).toMatchObject({
      message: expect.stringContaining(`${join(operated.folder, 'data/1.h5')} is not there yet`),
    })
    await operated.restart(given)
    const again = await operated.when(id, (status) => status.state.state === 'waiting')
    expect(again.state).toMatchObject({ since: state.state === 'waiting' && state.since })
    await mkdir(join(operated.folder, 'data'))
    await writeFile(join(operated.folder, 'data/1.h5'), 'data')
    expect(await operated.whenEnded(id)).toMatchObject({
      state: { state: 'succeeded' },
      attempt: 1,
    })
  })

  it('is skipped at its limit, which is seen', async () => {
    const operated = await Operated.start({
      rules: [
        {
          name: 'all',
          when: {},
          wait: { command: ['/bin/false'], limit: '1ms' },
          actions: [act()],
        },
      ],
    })
    const [id = ''] = await operated.runToEnd()
    const { rows } = await operated.worker.ledger.jobs({ state: 'skipped' })
    expect(rows).toMatchObject([
      {
        id,
        reason: 'data-not-ready',
        message: expect.stringContaining('command false: it says no (exit code 1)'),
      },
    ])
  })
})
