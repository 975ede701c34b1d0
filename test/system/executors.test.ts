import { stat } from 'node:fs/promises'

import { describe, expect, it, vi } from 'vitest'

import { Deployment, ended, readJson } from '../support/command-line.ts'
import { Farm } from '../support/executors.ts'
import { run } from '../support/operated-deployment.ts'
import { hasRedis } from '../support/redis-server.ts'

// each look at the ledger is a program that starts
vi.setConfig({ testTimeout: 180_000 })

describe.skipIf(!hasRedis)('an intake with executors in other processes', () => {
  it('has a notebook run by an executor, and knows how it ended', async () => {
    const farm = await Farm.open()
    const check = await farm.deployment.command('check')
    expect(check.stdout).toMatch(/^ok +queue +redis:.* answers: Redis/mu)
    expect(check.stdout).toMatch(/^ok +queue: appendonly +yes$/mu)
    await farm.intake()
    const executor = await farm.executor()
    await farm.from.send(run())
    const [begun] = await farm.deployment.jobsWhen(
      (jobs) => typeof jobs[0]?.results_dir === 'string',
    )
    expect(begun).toMatchObject({ state: 'running', attempt: 1 })
    await farm.letGo()
    const [job] = await farm.deployment.jobsWhen(ended(1))
    expect(job).toMatchObject({ state: 'succeeded', attempt: 1, entry: 'held' })
    const manifest = await readJson<Record<string, unknown>>(`${job!.results_dir}/manifest.json`)
    expect(manifest).toMatchObject({ state: 'succeeded', job: job!.id, uid: job!.uid })
    expect(await executor.end('SIGTERM')).toBe(0)
  })

  it('says what a role needs that is none of the embedded queue', async () => {
    const deployment = new Deployment('http: false')
    await deployment.written
    for (const role of ['intake', 'executor']) {
      const { exitCode, stderr } = await deployment.command('run', '--role', role)
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('{ kind: bullmq }')])
    }
    expect((await deployment.command('run', '--role', 'boss')).exitCode).toBe(2)
  })

  it('is paused, resumed, cancelled and rerun as with the embedded queue', async () => {
    const farm = await Farm.open()
    const { deployment } = farm
    await farm.intake()
    await farm.executor()
    await farm.from.send(run())
    await farm.begun(1)
    expect((await deployment.command('pause')).exitCode).toBe(0)
    const [running] = await deployment.jobs()
    const cancelled = await deployment.command('cancel', running!.id, '--message', 'not now')
    expect(cancelled.exitCode).toBe(0)
    expect(await deployment.jobsWhen(ended(1))).toMatchObject([
      { state: 'cancelled', message: 'not now', attempt: 1 },
    ])
    await farm.letGo()
    expect((await deployment.command('rerun', running!.id)).exitCode).toBe(0)
    expect(await deployment.jobs()).toMatchObject([{ state: 'queued' }])
    expect((await deployment.command('resume')).exitCode).toBe(0)
    expect(await deployment.jobsWhen(ended(1))).toMatchObject([{ state: 'succeeded', attempt: 2 }])
    const [own] = await deployment.runs()
    expect(own).toMatchObject({ uid: running!.uid, jobs: [running!.id] })
  })

  it('hands a notebook the documents of its run, on folders that both have', async () => {
    const rules =
      'rules: [{ name: r, when: {}, notebooks: [{ template: prints-parameters.ipynb, documents: true }] }]'
    const farm = await Farm.open(() => rules)
    await farm.intake()
    await farm.executor()
    await farm.from.send(run())
    const [job] = await farm.deployment.jobsWhen(ended(1))
    expect(job).toMatchObject({ state: 'succeeded' })
    const { parameters } = await readJson<{ parameters: { documents: string } }>(
      `${job!.results_dir}/manifest.json`,
    )
    expect(parameters.documents).toContain(`/results/.documents/${job!.uid}.jsonl`)
    expect((await stat(parameters.documents)).size).toBeGreaterThan(1000)
  })

  it('performs jobs itself too in the role of both, and keeps those of a rule apart', async () => {
    const farm = await Farm.open(
      (held) =>
        `rules: [{ name: one, when: {}, concurrency: 1, notebooks: [{ template: ${held} }] }]`,
    )
    const both = await farm.intake('both')
    await farm.executor()
    await vi.waitFor(() => expect(both.log()).toContain('"places":2'), 20_000)
    await farm.from.send(run())
    await farm.from.send(run())
    await farm.begun(1)
    const jobs = await farm.deployment.jobsWhen(({ length }) => length === 2)
    expect(jobs.map(({ state }) => state).sort()).toEqual(['queued', 'running'])
    await farm.letGo()
    expect(await farm.deployment.jobsWhen(ended(2))).toMatchObject([
      { state: 'succeeded' },
      { state: 'succeeded' },
    ])
    expect(await both.end('SIGTERM')).toBe(0)
  })
})
