import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { execa, execaSync } from 'execa'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { command, ended, publisher } from '../support/command-line.ts'
import type { JobRow } from '../../packages/worker/src/ledger/rows.ts'
import { framesOf } from '../support/frame-publisher.ts'
import { installDeployment } from '../support/installed-deployment.ts'

const hasAnalyze = !execaSync('systemd-analyze', ['--version'], { reject: false }).failed
const canLimit =
  process.getuid?.() === 0 && !execaSync('setpriv', ['--version'], { reject: false }).failed

/** The most that `systemd-analyze security` may say, times ten: 9.1 without hardening. */
const exposure = 60

const unitOf = (folder: string): string => join(folder, 'systemd/papermill-worker.service')

describe('the systemd unit', () => {
  it.skipIf(!hasAnalyze)(
    'has nothing that systemd does not know, and starts what is there',
    async () => {
      const { folder } = await installDeployment('localhost:5578')
      const { exitCode, stderr } = await execa('systemd-analyze', ['verify', unitOf(folder)], {
        reject: false,
      })
      // a key that it does not know is said, and no failure
      expect([exitCode, stderr]).toEqual([0, ''])
    },
  )

  it.skipIf(!hasAnalyze)('is hardened', async () => {
    const { folder } = await installDeployment('localhost:5578')
    const args = ['security', '--offline=true', `--threshold=${exposure}`, unitOf(folder)]
    const { exitCode, stdout } = await execa('systemd-analyze', args, { reject: false })
    expect([exitCode, stdout.split('\n').at(-1)]).toEqual([0, expect.stringContaining('MEDIUM')])
  })

  it.skipIf(!canLimit)(
    'leaves the worker the capabilities that it needs for a notebook',
    async () => {
      const from = await publisher()
      const { folder, config } = await installDeployment(from.address)
      const unit = await readFile(unitOf(folder), 'utf8')
      const kept = /^CapabilityBoundingSet=(?<kept>.*)$/mu.exec(unit)!.groups!.kept!
      const bounding = kept.toLowerCase().replaceAll('cap_', '+').replaceAll(' ', ',')
      const start = /^ExecStart=(?<start>.*)$/mu.exec(unit)!.groups!.start!
      expect(unit).toContain('\nNoNewPrivileges=true\n')
      const joined = from.joined()
      const worker = execa(
        'setpriv',
        ['--no-new-privs', `--bounding-set=-all,${bounding}`, `--inh-caps=-all`, start],
        { reject: false, stdin: 'ignore', forceKillAfterDelay: false },
      )
      onTestFinished(async () => {
        worker.kill('SIGKILL')
        await worker
      })
      await joined
      await from.send(framesOf('reflection_scan'))
      const jobs = await vi.waitFor(
        async () => {
          const { stdout } = await command(['jobs', '-c', config, '--json'])
          const rows = stdout
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as JobRow)
          expect(ended(1)(rows)).toBe(true)
          return rows
        },
        { timeout: 60_000, interval: 250 },
      )
      expect(jobs).toMatchObject([{ state: 'succeeded' }])
      worker.kill('SIGTERM')
      expect((await worker).exitCode).toBe(0)
    },
  )
})
