import { describe, expect, it } from 'vitest'

import { command, ended, startJoined } from '../support/command-line.ts'
import { all, deploymentWith, run, states } from '../support/operated-deployment.ts'

describe('operating without a worker', () => {
  it('says that none runs, and what to do', async () => {
    const { deployment } = await deploymentWith(all)
    await deployment.written
    for (const args of [['pause'], ['resume'], ['cancel', 'x'], ['rerun', 'x']]) {
      const { exitCode, stdout, stderr } = await deployment.command(...args)
      expect([exitCode, stdout]).toEqual([1, ''])
      expect(stderr).toContain(`no worker runs on ${deployment.state}`)
      expect(stderr).toContain('prompt-papermill run')
    }
  })

  it('lets the next worker begin jobs again', async () => {
    const { deployment, from } = await deploymentWith(all)
    const worker = await startJoined(deployment, from)
    await deployment.command('pause')
    await from.send(run())
    await deployment.jobsWhen((jobs) => jobs.length === 1)
    await worker.end()
    expect(states(await deployment.jobs())).toEqual(['queued'])
    const replayed = await deployment.command('replay', deployment.config)
    expect(replayed.stderr).toContain('`prompt-papermill resume` first')
    const resumed = await deployment.command('resume')
    expect([resumed.exitCode, resumed.stdout.includes('no worker runs now')]).toEqual([0, true])
    await startJoined(deployment, from)
    expect(states(await deployment.jobsWhen(ended(1)))).toEqual(['succeeded'])
  })

  it('says wrong usage with 2', async () => {
    const config = ['-c', '/nowhere/worker.yml']
    for (const args of [['rerun'], ['rerun', 'x', '--state', 'failed'], ['jobs', '--limit', '0']]) {
      expect((await command([...args, ...config])).exitCode).toBe(2)
    }
    expect((await command(['jobs', '--state', 'fialed', ...config])).stderr).toContain('known are')
  })
})
