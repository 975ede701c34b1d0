import { createHash } from 'node:crypto'
import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

import {
  type Action,
  type AttemptOutcome,
  documentDigest,
  fromLosslessJson,
  type Job,
  type Manifest,
  NDArray,
  PyDateTime,
  type ResultsOptions,
  Run,
  runOnDisk,
} from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

type Body = Action['run']

/** Runs one attempt of an action with this body. */
async function attempt(
  root: string,
  run: Body,
  changes: Partial<Job> = {},
  options: ResultsOptions = {},
): Promise<AttemptOutcome> {
  const job = makeJob(changes)
  const request = { attempt: 1, signal: new AbortController().signal, progress: () => undefined }
  const work = { job, run: Run.fromRecord(job.run), action: { name: 'test', run }, request }
  return runOnDisk({ root, ...options })(work)
}

async function manifestOf(folder: string | null): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder!, 'manifest.json'), 'utf8')) as Manifest
}

const succeed: Body = () => Promise.resolve({ state: 'succeeded' })

describe('an attempt on disk', () => {
  it('has a folder of its own that is empty, and what it wrote is in the manifest', async () => {
    const root = await temporaryFolder()
    const job = makeJob({ parameters: { bins: 500, name: 'Si' }, template: '/templates/a.ipynb' })
    let found: string[] | undefined
    const { result, resultsDir } = await attempt(
      root,
      async (_, { resultsDir: folder }) => {
        found = await readdir(folder)
        await writeFile(join(folder, 'figure.png'), 'not really')
        return { state: 'succeeded', message: 'all well', details: { kernel: 'python3' } }
      },
      job,
    )
    expect(found).toEqual([])
    expect(result.state).toBe('succeeded')
    const { start, stop, uid } = job.run
    const manifest = await manifestOf(resultsDir)
    expect(manifest).toEqual({
      manifest_version: 1,
      job: job.id,
      rule: 'rule',
      entry: 'entry',
      action: 'action',
      attempt: 1,
      uid,
      plan_name: start!.plan_name,
      scan_id: start!.scan_id,
      exit_status: stop!.exit_status,
      start_digest: documentDigest(start),
      template: '/templates/a.ipynb',
      parameters: { bins: 500, name: 'Si' },
      host: hostname(),
      queued_at: job.queuedAt,
      started_at: manifest.started_at,
      finished_at: manifest.finished_at,
      state: 'succeeded',
      reason: null,
      message: 'all well',
      evidence: null,
      artifacts: [
        {
          name: 'figure.png',
          size: 10,
          sha256: createHash('sha256').update('not really').digest('hex'),
        },
      ],
      artifacts_truncated: false,
      kernel: 'python3',
    })
    const times = [manifest.started_at, manifest.finished_at]
    expect(times.map((time) => new Date(time).toISOString())).toEqual(times)
    expect([...times].sort()).toEqual(times)
  })

  it('has its manifest last, after all else that was written', async () => {
    const { resultsDir } = await attempt(await temporaryFolder(), async (_, context) => {
      await writeFile(join(context.resultsDir, 'late.txt'), 'late')
      return { state: 'succeeded' }
    })
    const folder = resultsDir!
    const [late, manifest] = await Promise.all(
      ['late.txt', 'manifest.json'].map((name) => stat(join(folder, name))),
    )
    expect(manifest!.mtimeMs).toBeGreaterThanOrEqual(late!.mtimeMs)
    expect((await readdir(folder)).sort()).toEqual(['late.txt', 'manifest.json'])
  })

  it('has the next number where there was one, and the manifest says so', async () => {
    const root = await temporaryFolder()
    const job = makeJob()
    const first = await attempt(root, succeed, job)
    const before = await readFile(join(first.resultsDir!, 'manifest.json'), 'utf8')
    const second = await attempt(root, succeed, job)
    expect(second.resultsDir).toBe(first.resultsDir!.replace('attempt-1', 'attempt-2'))
    expect((await manifestOf(second.resultsDir)).attempt).toBe(2)
    expect(await readFile(join(first.resultsDir!, 'manifest.json'), 'utf8')).toBe(before)
  })

  it('is told its folder, parameters, documents and job', async () => {
    const job = makeJob({ parameters: { a: 1 }, documents: '/state/documents/a.jsonl' })
    let told: unknown
    await attempt(
      await temporaryFolder(),
      (run, context) => {
        const { signal, logger, progress, resultsDir, ...rest } = context
        told = { ...rest, uid: run.uid, aborted: signal.aborted, resultsDir: resultsDir !== '' }
        logger.info({}, 'nothing listens')
        progress({ step: 1, of: 1, event: 'started' })
        return succeed(run, context)
      },
      job,
    )
    expect(told).toEqual({
      parameters: { a: 1 },
      documents: '/state/documents/a.jsonl',
      job: { id: job.id, rule: 'rule', entry: 'entry' },
      attempt: 1,
      uid: job.run.uid,
      aborted: false,
      resultsDir: true,
    })
  })

  it('that failed leaves its reason and evidence, and keeps what it wrote', async () => {
    const evidence = { cell: 3, ename: 'ValueError', traceback: 'Traceback …' }
    const { result, resultsDir } = await attempt(await temporaryFolder(), async (_, context) => {
      await writeFile(join(context.resultsDir, 'half.txt'), 'half')
      return { state: 'failed', reason: 'cell-error', message: 'cell 3 failed', evidence }
    })
    expect(result).toMatchObject({ state: 'failed', reason: 'cell-error' })
    expect(await manifestOf(resultsDir)).toMatchObject({
      state: 'failed',
      reason: 'cell-error',
      message: 'cell 3 failed',
      evidence,
      artifacts: [{ name: 'half.txt' }],
    })
  })

  it('that throws has failed, and says with what', async () => {
    const { result, resultsDir } = await attempt(await temporaryFolder(), () =>
      Promise.reject(new Error('no network')),
    )
    expect(result).toMatchObject({ state: 'failed', reason: 'not-started', message: 'no network' })
    expect((await manifestOf(resultsDir)).evidence?.traceback).toContain('no network')
  })

  it('keeps parameters and details that JSON has no form for, in strict JSON', async () => {
    const parameters = {
      nan: NaN,
      big: 2n ** 70n,
      array: new NDArray('<i4', [2], Int32Array.of(1, 2)),
      when: PyDateTime.fromIsoformat('2026-01-02T03:04:05'),
      bytes: Uint8Array.of(1, 2),
      ...(JSON.parse('{"__proto__": 1}') as object),
    }
    const { resultsDir } = await attempt(
      await temporaryFolder(),
      () =>
        Promise.resolve({ state: 'succeeded', details: { state: 'mine', versions: { a: 1n } } }),
      { parameters },
    )
    const text = await readFile(join(resultsDir!, 'manifest.json'), 'utf8')
    expect((JSON.parse(text) as Manifest).state).toBe('succeeded')
    expect(text).toContain('"big": 1180591620717411303424')
    const manifest = fromLosslessJson(text) as Manifest
    expect(Object.entries(manifest.parameters)).toEqual(Object.entries(parameters))
    expect(manifest.versions).toEqual({ a: 1 })
  })

  it('may leave fields of what it says undefined', async () => {
    const details = { title: undefined, list: [undefined, { a: undefined, b: 1 }], kept: null }
    const { result, resultsDir } = await attempt(await temporaryFolder(), () =>
      Promise.resolve({ state: 'succeeded', message: undefined, details } as never),
    )
    expect(result.state).toBe('succeeded')
    const manifest = await manifestOf(resultsDir)
    expect(manifest).toMatchObject({ message: null, list: [null, { b: 1 }], kept: null })
    expect('title' in manifest).toBe(false)
  })

  it('whose result has no JSON has failed, with a manifest that says so', async () => {
    const details = { handle: () => undefined }
    const { result, resultsDir } = await attempt(await temporaryFolder(), () =>
      Promise.resolve({ state: 'succeeded', details }),
    )
    expect(result).toMatchObject({ state: 'failed', reason: 'not-started' })
    expect(result.message).toContain('the manifest could not be written')
    expect(result.message).toContain('handle')
    expect(await manifestOf(resultsDir)).toMatchObject({
      state: 'failed',
      message: result.message,
    })
  })

  it('that removed its own folder has left nothing, which the manifest says', async () => {
    const { result, resultsDir } = await attempt(await temporaryFolder(), async (_, context) => {
      await rm(context.resultsDir, { recursive: true })
      return { state: 'succeeded' }
    })
    expect(result.state).toBe('succeeded')
    expect((await manifestOf(resultsDir)).artifacts).toEqual([])
  })

  it('that wrote a manifest of its own does not pass it off as ours, which replaces it whole', async () => {
    const { resultsDir } = await attempt(await temporaryFolder(), async (_, context) => {
      const [mine, manifest] = ['mine.json', 'manifest.json'].map((n) =>
        join(context.resultsDir, n),
      )
      await writeFile(mine!, '{"state": "mine"}')
      await link(mine!, manifest!)
      return { state: 'no-data' }
    })
    const { state, artifacts } = await manifestOf(resultsDir)
    expect([state, artifacts.map(({ name }) => name)]).toEqual(['no-data', ['mine.json']])
    // written in its place, it would be torn for a reader
    expect(await readFile(join(resultsDir!, 'mine.json'), 'utf8')).toBe('{"state": "mine"}')
  })

  it('does not start without a folder, and says where none could be made', async () => {
    const root = join(await temporaryFolder(), 'file')
    await writeFile(root, '')
    let ran = false
    const { result, resultsDir } = await attempt(root, (...args) => {
      ran = true
      return succeed(...args)
    })
    expect([ran, resultsDir]).toEqual([false, null])
    expect(result).toMatchObject({ state: 'failed', reason: 'not-started' })
    expect(result.message).toContain(`no results folder could be made under ${root}: `)
  })

  it('refuses a pattern that leads out of the root before anything runs', () => {
    expect(() => runOnDisk({ root: '/results', pattern: '../{uid8}' })).toThrow(
      '"../{uid8}" is no pattern for results',
    )
  })
})
