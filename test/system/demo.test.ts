import { cp, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'

import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

import { command, temporaryFolder } from '../support/command-line.ts'
import { python, root } from '../support/python.ts'

interface Shown {
  readonly runs: readonly {
    readonly uid: string
    readonly plan_name: string
    readonly exit_status: string
    readonly jobs: readonly {
      readonly state: string
      readonly reason: string | null
      readonly entry: string
      readonly results_dir: string | null
      readonly artifacts: readonly { readonly name: string; readonly size: number }[]
    }[]
  }[]
}

describe('the demo', () => {
  it('does the main job with the real programs, and proves it', { timeout: 180_000 }, async () => {
    const keep = join(temporaryFolder(), 'demo')
    const { exitCode, stdout, stderr } = await command([
      ...['demo', '--python', python, '--keep', keep, '--json'],
    ])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    const { runs } = JSON.parse(stdout) as Shown
    expect(
      runs.map(({ plan_name: plan, exit_status: status, jobs }) => [
        plan,
        status,
        jobs.map(({ state, reason }) => [state, reason]),
      ]),
    ).toEqual([
      ['reflection_scan', 'success', [['succeeded', null]]],
      ['reflection_scan', 'success', [['succeeded', null]]],
      ['count', 'success', []],
      ['reflection_scan', 'fail', [['skipped', 'exit-status']]],
      ['reflection_scan', 'success', [['succeeded', null]]],
      ['reflection_scan', 'success', [['succeeded', null]]],
    ])
    expect(runs[0]?.jobs[0]?.artifacts.map(({ name }) => name)).toEqual([
      'log.txt',
      'reflection_scan.ipynb',
      'reflection_scan.png',
    ])
  })

  it('leaves with 1 when the template is missing', async () => {
    const folder = temporaryFolder()
    const copy = join(folder, 'packages', 'worker')
    for (const part of ['dist', 'deploy', 'demo', 'package.json']) {
      await cp(join(root, 'packages/worker', part), join(copy, part), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await symlink(join(root, 'packages/worker/node_modules'), join(copy, 'node_modules'))
    await rm(join(copy, 'deploy/papermill/templates/reflection_scan.ipynb'))
    const { exitCode, stderr } = await execa(
      process.execPath,
      [join(copy, 'dist/cli.js'), 'demo', '--python', python, '--keep', join(folder, 'kept')],
      { reject: false },
    )
    expect(exitCode).toBe(1)
    expect(stderr).toContain('reflection_scan.ipynb')
  })
})
