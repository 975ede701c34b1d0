import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

import {
  cli,
  command,
  Deployment,
  ended,
  publisher,
  temporaryFolder,
} from '../support/command-line.ts'
import { python, root } from '../support/python.ts'

const vector = (name: string): string => join(root, 'test/fixtures/vectors', name)

/** The `rules` of what `explain --json` says. */
function rulesIn(stdout: string): unknown {
  return (JSON.parse(stdout) as { rules: unknown }).rules
}

describe('the command line', () => {
  it('leaves with 2 for wrong usage and 1 for a config that can’t be read', async () => {
    expect(await command(['tap', '--nonsense'])).toMatchObject({ exitCode: 2, stdout: '' })
    expect(await command(['explain', '-c', 'x.yml'])).toMatchObject({ exitCode: 1 })
    const { exitCode, stderr } = await command(['run', '-c', '/nowhere/worker.yml'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain("/nowhere/worker.yml: can't be read")
    expect((await command(['--help'])).exitCode).toBe(0)
  })

  it('ends in silence when its reader has had enough', async () => {
    const recording = vector('reflection_scan_2000.frames')
    const pipe = '"$0" "$@" | head -n 1'
    const args = [pipe, process.execPath, cli, 'tap', '--from', recording, '--json']
    const { stdout, stderr } = await execa('sh', ['-c', ...args])
    expect(JSON.parse(stdout)).toMatchObject({ name: 'start' })
    expect(stderr).toBe('')
  })

  it('explains each clause of each rule', async () => {
    const deployment = new Deployment(`
http: false
rules:
  - name: thick
    when: { plan_name: reflection_scan, "sample.thickness": { $gt: 5 }, stop.exit_status: success }
    notebooks: [{ template: sleeps.ipynb, parameters: { seconds: $start.sample.thickness } }]
  - name: other
    when: { $or: [{ plan_name: count }, { scan_id: 7 }] }
    notebooks: [{ template: raises.ipynb }]
`)
    await deployment.written
    const start = join(deployment.folder, 'start.json')
    const stop = join(deployment.folder, 'stop.json')
    await writeFile(
      start,
      '{"uid": "abc", "time": 1, "plan_name": "reflection_scan", "sample": {"thickness": 12}, "scan_id": NaN}',
    )
    await writeFile(
      stop,
      '["stop", {"uid": "s", "time": 2, "run_start": "abc", "exit_status": "success"}]',
    )
    const before = await command(['explain', '-c', deployment.config, '--start', start, '--json'])
    expect(rulesIn(before.stdout)).toMatchObject([
      {
        rule: 'thick',
        matched: null,
        clauses: [
          { clause: { plan_name: 'reflection_scan' }, matched: true, found: 'reflection_scan' },
          { clause: { 'sample.thickness': { $gt: 5 } }, matched: true, found: 12 },
          { clause: { 'stop.exit_status': 'success' }, matched: null, found: null },
        ],
        jobs: [{ entry: 'sleeps', parameters: { seconds: 12 } }],
      },
      { rule: 'other', matched: false, clauses: [{ matched: false }], jobs: [] },
    ])
    const after = await command([
      ...['explain', '-c', deployment.config, '--start', start, '--stop', stop],
    ])
    expect(after.stdout).toContain('✓ rule thick matches')
    expect(after.stdout).toContain('✗ plan_name: "count"   found "reflection_scan"')
    const wrong = await command(['explain', '-c', deployment.config])
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' })
  })

  it('replays recordings once, says what it skips, and attempts again when asked', async () => {
    const deployment = new Deployment('http: false\nsource: { address: "127.0.0.1:1" }')
    await deployment.written
    const files = [vector('reflection_scan.frames'), vector('failing.jsonl')]
    const dry = await command(['replay', ...files, '-c', deployment.config, '--dry-run'])
    expect(dry).toMatchObject({ exitCode: 0, stdout: '2 runs: 2 jobs would be made' })
    expect(await deployment.jobs()).toEqual([])
    const first = await command(['replay', ...files, '-c', deployment.config])
    expect(first).toMatchObject({ exitCode: 0, stdout: '2 runs: 1 skipped, 1 succeeded' })
    const second = await command(['replay', ...files, '-c', deployment.config])
    expect(second).toMatchObject({
      exitCode: 0,
      stdout: '2 runs: no job; 2 jobs skipped that the ledger has',
    })
    const [file] = files as [string]
    const again = await command(['replay', file, '-c', deployment.config, '--rerun'])
    expect(again).toMatchObject({ exitCode: 0, stdout: '1 run: 1 succeeded' })
    const job = (await deployment.jobs()).find(({ state }) => state === 'succeeded')
    expect(job).toMatchObject({ attempt: 2 })
    const uid = await command([
      'explain',
      '-c',
      deployment.config,
      '--uid',
      job?.uid ?? '',
      '--json',
    ])
    expect(rulesIn(uid.stdout)).toMatchObject([{ rule: 'default', matched: true }])
    const table = await command(['jobs', '-c', deployment.config])
    expect(table.stdout).toContain('skipped (exit-status)')
    expect((await command(['runs', '-c', deployment.config])).stdout).toContain('reflection_scan')
  })

  it('replays by the running worker, and leaves with 1 when a job failed', async () => {
    const from = await publisher()
    const deployment = new Deployment(`
source: { address: "${from.address}" }
http: false
rules: [{ name: bad, when: {}, notebooks: [{ template: raises.ipynb }] }]
`)
    await deployment.start()
    const { exitCode, stdout, stderr } = await command([
      ...['replay', vector('reflection_scan.frames'), '-c', deployment.config],
    ])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '1 run: 1 failed' })
    expect(stderr).toContain(`the worker on ${deployment.state} takes them`)
    expect(await deployment.jobsWhen(ended(1))).toMatchObject([
      { state: 'failed', reason: 'cell-error' },
    ])
  })

  it('replays what is whole of a recording that is cut short, and leaves with 1', async () => {
    const deployment = new Deployment('http: false')
    await deployment.written
    const cut = join(deployment.folder, 'cut.frames')
    const whole = await readFile(vector('reflection_scan.frames'))
    await writeFile(cut, Buffer.concat([whole, whole.subarray(0, 100)]))
    const { exitCode, stdout, stderr } = await command(['replay', cut, '-c', deployment.config])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '1 run: 1 succeeded' })
    expect(stderr).toContain('is cut short')
  })

  it('checks all that the worker needs, and says what to do', async () => {
    const from = await publisher()
    const deployment = new Deployment(`
source: { address: "${from.address}" }
http: false
rules: [{ name: a, when: {}, notebooks: [{ template: reflection_scan.ipynb }] }]
`)
    await deployment.written
    const good = await command(['check', '-c', deployment.config])
    expect(good).toMatchObject({ exitCode: 0, stderr: '' })
    expect(good.stdout).toMatch(/^ok {4}python .*papermill/mu)
    deployment.write(`
source: { address: "127.0.0.1:1" }
http: false
rules:
  - name: a
    when: {}
    notebooks: [{ template: missing.ipynb }, { template: wants-an-unknown-kernel.ipynb }]
`)
    await deployment.written
    const bad = await command(['check', '-c', deployment.config])
    expect(bad.exitCode).toBe(1)
    expect(bad.stdout).toMatch(/^FAIL {2}template missing\.ipynb/mu)
    expect(bad.stdout).toMatch(
      /^FAIL {2}template wants-an-unknown-kernel\.ipynb .*wants the kernel/mu,
    )
    expect(bad.stdout).toMatch(/^FAIL {2}source 127\.0\.0\.1:1 .*bluesky-0MQ-proxy/mu)
  })

  it('checks a missing Python and a missing template folder with one line each', async () => {
    const folder = temporaryFolder()
    const config = join(folder, 'worker.yml')
    await writeFile(
      config,
      `templates: ${folder}/none\nresults: ${folder}/results\npython: ${folder}/bin/python\nhttp: false\nsource: { address: "127.0.0.1:1" }\n`,
    )
    const { stdout, exitCode } = await command(['check', '-c', config])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^FAIL {2}python .*there is no .*\/bin\/python; give the path/mu)
    expect(stdout).toMatch(/^FAIL {2}templates .*\/none can't be read/mu)
  })

  it('writes JPLS’s deployment and refuses to overwrite it', async () => {
    const folder = temporaryFolder()
    const first = await command(['init', folder, '--prefix', '/opt'])
    expect(first.exitCode).toBe(0)
    const conf = await readFile(join(folder, 'supervisor/conf.d/papermill-worker.conf'), 'utf8')
    expect(conf).toContain('command=/opt/bluesky_workers/papermill-worker')
    expect(conf).toContain('stderr_logfile=/var/log/papermill-worker.stderr.log')
    const again = await command(['init', folder, '--prefix', '/opt'])
    expect(again.exitCode).toBe(1)
    expect(again.stderr).toContain('--force')
    expect((await command(['init', folder, '--force'])).exitCode).toBe(0)
    const config = join(folder, 'papermill/worker.yml')
    expect(await readFile(config, 'utf8')).toContain(`templates: ${folder}/papermill/templates`)
    const written = (await readFile(config, 'utf8')).replace(/^python: .*$/mu, `python: ${python}`)
    await writeFile(config, written)
    const { stdout } = await command(['check', '-c', config])
    expect(stdout).toMatch(/^ok {4}template reflection_scan\.ipynb/mu)
  })
})
