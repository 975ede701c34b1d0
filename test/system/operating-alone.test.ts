import { chmod } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { command, ended, startJoined } from '../support/command-line.ts'
import { all, deploymentWith, run, states } from '../support/operated-deployment.ts'

/**
 * Run before the command: makes it somebody else as soon as it connects. Not from its beginning: nobody else may be
 * able to read this checkout.
 */
const becomeNobody = `
import { Socket } from 'node:net'
const { connect } = Socket.prototype
Socket.prototype.connect = function (...args) {
  process.seteuid(65534)
  return connect.apply(this, args)
}
`

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

  it('says whose socket it is to somebody else', async () => {
    const { deployment, from } = await deploymentWith(all)
    await startJoined(deployment, from)
    for (const folder of [deployment.folder, deployment.state]) await chmod(folder, 0o755)
    const env: Record<string, string> = {}
    if (process.getuid?.() === 0) {
      env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(becomeNobody)}`
    } else {
      // nobody can become somebody else; who may not open it at all is told the same
      await chmod(join(deployment.state, 'control.sock'), 0)
    }
    const { exitCode, stdout, stderr } = await command(['pause', '-c', deployment.config], { env })
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toContain("it belongs to the worker's user. Do this as that user")
  })
})
