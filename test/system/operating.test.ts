import { appendFile, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { execa } from 'execa'
import { beforeAll, describe, expect, it, vi } from 'vitest'

import { emptyNotebook, ended, startJoined, temporaryFolder } from '../support/command-line.ts'
import { all, deploymentWith, quick, run, states } from '../support/operated-deployment.ts'
import { root } from '../support/python.ts'

const fixtures = join(root, 'test/fixtures/notebooks')

// each look at the worker is a program that starts, which takes its time on a busy machine
vi.setConfig({ testTimeout: 180_000 })

describe('a running worker', () => {
  let user = ''
  beforeAll(async () => {
    const { stdout } = await execa('id', ['-un'])
    user = stdout
  })

  it('is paused and resumed', async () => {
    const { deployment, from } = await deploymentWith(all)
    await startJoined(deployment, from)
    const paused = await deployment.command('pause')
    expect(paused.exitCode).toBe(0)
    expect(paused.stdout).toContain(`paused by ${process.env.SUDO_USER ?? user} at `)
    await from.send(run())
    // it is received and decided, and stays where it is
    await deployment.jobsWhen((jobs) => jobs.length === 1)
    expect(await deployment.jobs()).toMatchObject([{ state: 'queued', attempt: 0 }])
    const resumed = await deployment.command('resume', '--json')
    expect(JSON.parse(resumed.stdout)).toMatchObject({ paused: { at: expect.any(String) } })
    expect(states(await deployment.jobsWhen(ended(1)))).toEqual(['succeeded'])
  })

  it('cancels a notebook that runs', async () => {
    const { deployment, from } = await deploymentWith(
      'rules: [{ name: slow, when: {}, notebooks: [{ template: sleeps.ipynb, parameters: { seconds: 3600 } }] }]',
    )
    await startJoined(deployment, from)
    await from.send(run())
    const [job] = await deployment.jobsWhen((jobs) => jobs[0]?.state === 'running')
    const unknown = await deployment.command('cancel', `${job!.id.slice(0, 9)}zzz`)
    expect([unknown.exitCode, unknown.stdout]).toEqual([1, ''])
    expect(unknown.stderr).toContain(`nearest are ${job!.id}`)
    const cancelled = await deployment.command('cancel', job!.id.slice(0, 10), '--message', 'no')
    expect(cancelled.stdout).toContain(`${job!.id} sleeps: told to end`)
    expect(await deployment.jobsWhen(ended(1))).toMatchObject([
      { state: 'cancelled', message: 'no' },
    ])
    const again = await deployment.command('cancel', job!.id)
    expect([again.exitCode, again.stderr.includes('has ended already: cancelled')]).toEqual([
      1,
      true,
    ])
  })

  it('reruns what failed, once its template is mended', async () => {
    const templates = temporaryFolder()
    const template = join(templates, 'reflection_scan.ipynb')
    await copyFile(join(fixtures, 'raises.ipynb'), template)
    const { deployment, from } = await deploymentWith('', templates)
    await startJoined(deployment, from)
    await from.send(run())
    const [failed] = await deployment.jobsWhen(ended(1))
    expect(failed).toMatchObject({ state: 'failed', reason: 'cell-error' })
    const filters = ['--rule', 'default', '--state', 'failed', '--since', '1h']
    const dry = await deployment.command('rerun', ...filters, '--dry-run')
    expect([dry.exitCode, dry.stdout]).toEqual([0, '1 job would be rerun'])
    expect((await deployment.jobs())[0]?.attempt).toBe(1)
    const still = await deployment.command('rerun', ...filters, '--wait')
    expect([still.exitCode, still.stdout]).toEqual([1, '1 job rerun: 1 failed'])
    await writeFile(template, emptyNotebook)
    const mended = await deployment.command('rerun', ...filters, '--wait', '--json')
    expect(mended.exitCode).toBe(0)
    expect(mended.stdout.split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: 'rerun', job: { id: failed?.id } },
      { event: 'job', job: { id: failed?.id, state: 'succeeded', attempt: 3 } },
    ])
    const none = await deployment.command('rerun', ...filters)
    expect([none.exitCode, none.stdout]).toEqual([0, '0 jobs rerun'])
    const listed = await deployment.command('jobs', '--state', 'succeeded', '--json')
    expect(JSON.parse(listed.stdout)).toMatchObject({ id: failed?.id })
  })

  it('takes another config on SIGHUP, and refuses a bad one', async () => {
    const { deployment, from, rewrite } = await deploymentWith(all)
    const worker = await startJoined(deployment, from)
    await from.send(run())
    await deployment.jobsWhen(ended(1))

    await rewrite('rules: [{ name: all, when: {}, actoins: [] }]')
    const refused = worker.said('the config was not taken')
    worker.signal('SIGHUP')
    const { problems } = JSON.parse(await refused) as { problems: unknown }
    expect(problems).toMatchObject([
      { path: 'rules[0].actoins', message: 'unknown key; did you mean "actions"?' },
    ])
    await from.send(run())
    expect((await deployment.jobsWhen(ended(2)))[1]).toMatchObject({ rule: 'all' })
    // it can be operated meanwhile
    expect((await deployment.command('pause')).exitCode).toBe(0)
    expect((await deployment.command('resume')).exitCode).toBe(0)

    await writeFile(
      join(deployment.folder, 'quick.cjs'),
      quick.replace("'succeeded'", "'succeeded', message: 'edited'"),
    )
    await rewrite(
      'queue: { capacity: 7 }\nrules: [{ name: other, when: {}, actions: [{ use: quick }] }]',
    )
    const fixed = worker.said('needs a restart')
    const taken = worker.said('the config was read again')
    worker.signal('SIGHUP')
    expect(JSON.parse(await taken)).toMatchObject({ rules: ['other'] })
    expect(JSON.parse(await fixed)).toMatchObject({ keys: ['queue.capacity'] })
    await from.send(run())
    expect((await deployment.jobsWhen(ended(3)))[2]).toMatchObject({
      rule: 'other',
      message: 'edited',
    })
    expect((await worker.end()).exitCode).toBe(0)
  })

  it('goes by priorities, and keeps to the limit of each rule', async () => {
    const { deployment, from } = await deploymentWith(`
queue: { concurrency: 2 }
rules:
  - { name: one-by-one, when: {}, concurrency: 1, priority: 5, actions: [{ use: held }, { use: held, name: second }] }
  - { name: late, when: {}, priority: -5, actions: [{ use: quick, name: late }] }
  - { name: usual, when: {}, actions: [{ use: held, name: usual }] }
`)
    await startJoined(deployment, from)
    await deployment.command('pause')
    await from.send(run())
    await deployment.jobsWhen((jobs) => jobs.length === 4)
    await deployment.command('resume')
    const running = await deployment.jobsWhen(
      (jobs) => jobs.filter(({ state }) => state === 'running').length === 2,
    )
    expect(running.map(({ entry, state }) => [entry, state])).toEqual([
      ['held', 'running'],
      // its rule is at its limit, which keeps the next one from nothing
      ['second', 'queued'],
      ['late', 'queued'],
      ['usual', 'running'],
    ])
    const go = (entry: string): Promise<void> =>
      writeFile(join(deployment.folder, `go-${entry}`), '')
    await go('held')
    await deployment.jobsWhen((jobs) => jobs[0]?.state === 'succeeded')
    const next = await deployment.jobsWhen((jobs) => jobs[1]?.state === 'running')
    expect(states(next)).toEqual(['succeeded', 'running', 'queued', 'running'])
    await Promise.all([go('second'), go('usual')])
    expect(states(await deployment.jobsWhen(ended(4)))).toEqual(Array(4).fill('succeeded'))
  })

  it('waits for a file until it has stopped growing', async () => {
    const { deployment, from } = await deploymentWith(`
wait: { every: 100ms, longest: 200ms }
rules: [{ name: patient, when: {}, wait: { file: './data/{$start.scan_id}.h5', stable: 1s }, actions: [{ use: quick }] }]
`)
    await startJoined(deployment, from)
    await from.send(run())
    const [waiting] = await deployment.jobsWhen((jobs) =>
      Boolean(jobs[0]?.message?.includes('is not there yet')),
    )
    expect(waiting).toMatchObject({ state: 'waiting', attempt: 0, reason: null })
    const file = join(deployment.folder, 'data/1.h5')
    await mkdir(join(deployment.folder, 'data'))
    let grownAt = 0
    const grow = setInterval(() => {
      grownAt = Date.now()
      void appendFile(file, 'data')
    }, 100)
    try {
      await deployment.jobsWhen((jobs) => Boolean(jobs[0]?.message?.includes('is still growing')))
      expect(states(await deployment.jobs())).toEqual(['waiting'])
    } finally {
      clearInterval(grow)
    }
    const [job] = await deployment.jobsWhen(ended(1))
    expect(job).toMatchObject({ state: 'succeeded', attempt: 1 })
    expect(Date.parse(job?.started_at ?? '') - grownAt).toBeGreaterThanOrEqual(1000)
  })
})
