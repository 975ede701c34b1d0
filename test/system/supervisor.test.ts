import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it, vi } from 'vitest'

import { command, ended, publisher } from '../support/command-line.ts'
import type { JobRow } from '../../packages/worker/src/ledger/rows.ts'
import { asAnotherRun, framesOf } from '../support/frame-publisher.ts'
import { installDeployment } from '../support/installed-deployment.ts'
import { Receiver, secret, verified } from '../worker/webhooks/receiver.ts'
import { Supervisor } from '../support/supervisor.ts'

const program = 'papermill-worker'

/** Resolves once a file has a text so many times. */
function whenSaid(file: string, text: string, times = 1): Promise<void> {
  return vi.waitFor(
    async () => {
      const said = (await readFile(file, 'utf8')).split(text).length - 1
      if (said < times) throw new Error(`${file} has "${text}" ${said} times, not ${times}`)
    },
    { timeout: 40_000, interval: 200 },
  )
}

it('a deployment runs under supervisor, comes back after kill -9, reads its config again, and logs where init says', async () => {
  const from = await publisher()
  const receiver = await Receiver.start()
  const { folder, said, config } = await installDeployment(from.address, {
    config: `webhooks: [{ url: "${receiver.url}", secret: "\${HOOK}", on: [succeeded] }]\n`,
    secrets: `HOOK=${secret}\n`,
  })
  const env = { HOOK: secret }
  const log = /Logs: (?<log>\S+)/u.exec(said)!.groups!.log!
  expect(log).toBe(join(folder, 'log/papermill-worker.stderr.log'))
  const jobsWhen = (enough: (jobs: readonly JobRow[]) => boolean): Promise<JobRow[]> =>
    vi.waitFor(
      async () => {
        const { stdout } = await command(['jobs', '-c', config, '--json'], { env })
        const jobs = stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as JobRow)
        expect(enough(jobs)).toBe(true)
        return jobs
      },
      { timeout: 60_000, interval: 250 },
    )
  const check = await command(['check', '-c', config], { env })
  expect(check.stdout).not.toContain('FAIL')
  expect(check.exitCode).toBe(0)

  let joined = from.joined()
  const supervisor = await Supervisor.start(folder, join(folder, 'supervisor/conf.d/*.conf'))
  await joined
  await from.send(framesOf('reflection_scan'))
  expect(await jobsWhen(ended(1))).toMatchObject([{ rule: 'default', state: 'succeeded' }])
  await supervisor.whenState(program, 'RUNNING')

  const first = await supervisor.pid(program)
  joined = from.joined()
  process.kill(first, 'SIGKILL')
  await joined
  const second = await supervisor.pid(program)
  expect(second).not.toBe(first)
  await from.send(asAnotherRun(framesOf('reflection_scan')))
  expect((await jobsWhen(ended(2))).map(({ state }) => state)).toEqual(['succeeded', 'succeeded'])
  await whenSaid(log, 'the worker has started', 2)
  const told = (await receiver.whenGot(2)).map(verified)
  expect(told).toMatchObject(Array(2).fill({ type: 'job.succeeded', data: { rule: 'default' } }))

  await supervisor.control('signal', 'HUP', program)
  await whenSaid(log, 'the config was read again and is in force')

  await supervisor.whenState(program, 'RUNNING')
  await supervisor.control('restart', program)
  await whenSaid(log, 'stopping: letting what runs finish')
  await whenSaid(log, 'the worker has started', 3)
  await supervisor.control('stop', program)
  await supervisor.whenState(program, 'STOPPED')
  expect(await readFile(join(folder, 'log/papermill-worker.stdout.log'), 'utf8')).toBe('')
}, 180_000)
