import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const worker = dirname(
  createRequire(import.meta.url).resolve('@prompt-papermill/worker/package.json'),
)
const config = fileURLToPath(new URL('worker.yml', import.meta.url))
let folder

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rules-'))
})

afterAll(() => rm(folder, { recursive: true }))

/** The entries that run for a run, by `prompt-papermill explain`, which runs nothing. */
async function entriesFor(start, stop = {}, events = 200) {
  const uid = '5d8beb4d-0c4e-4bd2-a4fb-6b6b6b6b6b6b'
  const time = 1795444355
  const files = {
    start: { uid, time, scan_id: 1, plan_name: 'scan', wavelength: 1.5, edge: 'Fe K', ...start },
    stop: {
      uid: 'a1b2c3d4-0c4e-4bd2-a4fb-6b6b6b6b6b6b',
      run_start: uid,
      time: time + 60,
      exit_status: 'success',
      reason: '',
      num_events: { primary: events },
      ...stop,
    },
  }
  const paths = await Promise.all(
    Object.entries(files).map(async ([name, doc]) => {
      const path = join(folder, `${name}.json`)
      await writeFile(path, JSON.stringify(doc))
      return [`--${name}`, path]
    }),
  )
  const args = [join(worker, 'dist/cli.js'), 'explain', '-c', config, '--json', ...paths.flat()]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout).rules.flatMap(({ matched, rule, jobs }) =>
    matched ? jobs.map(({ entry }) => `${rule}/${entry}`) : [],
  )
}

describe('the notebooks of the beamline', () => {
  it('of a scattering run are a quick look and a fit', async () => {
    expect(await entriesFor({ technique: 'saxs' })).toEqual([
      'scattering/quick-look',
      'scattering/fit',
    ])
  })

  it('of an alignment are its own alone', async () => {
    expect(await entriesFor({ technique: 'saxs', purpose: 'alignment' })).toEqual([
      'alignment/alignment',
    ])
  })

  it('of a run that failed say what went wrong, unless it was a test', async () => {
    const failed = { exit_status: 'fail', reason: 'the beam was dumped' }
    expect(await entriesFor({ technique: 'saxs' }, failed)).toEqual(['failures/what_went_wrong'])
    expect(await entriesFor({ technique: 'saxs', purpose: 'test' }, failed)).toEqual([])
  })

  it('of another plan are none', async () => {
    expect(await entriesFor({ plan_name: 'count' })).toEqual([])
  })
})
