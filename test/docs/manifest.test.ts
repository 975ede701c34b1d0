import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type Action, defineAction, type Manifest, RunRouter } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { papermill } from '@prompt-papermill/papermill-runner'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'

import { blocksOn } from '../support/page-blocks.ts'
import { hasPython, python, root } from '../support/python.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { blocksOfPages } from './support/blocks.js'
import { pythonProblems } from './support/python-blocks.js'
import { manifestSchema } from './support/reference/manifest-page.js'

/** The names of a type's own fields, without what an action may add. */
type KnownKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] }

/** All of core's; the compiler tells one that is missing here, or too much. */
const always: Readonly<Record<KnownKeys<Manifest>, true>> = {
  ...{ manifest_version: true, job: true, rule: true, entry: true, action: true, attempt: true },
  ...{ uid: true, plan_name: true, scan_id: true, exit_status: true, start_digest: true },
  ...{ template: true, parameters: true, host: true, queued_at: true, started_at: true },
  ...{ finished_at: true, state: true, reason: true, message: true, evidence: true },
  ...{ artifacts: true, artifacts_truncated: true },
}

const schema = manifestSchema()
const validate = new Ajv2020({
  allErrors: true,
  strict: false,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u },
}).compile(schema)

function problemsOf(manifest: unknown): string[] {
  validate(manifest)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** The manifest that an action leaves of one run. */
async function manifestOf(
  action: Action,
  parameters: Record<string, unknown> = {},
): Promise<Manifest> {
  const folder = await temporaryFolder()
  const options = { results: { root: join(folder, 'results') }, documents: join(folder, 'docs') }
  const router = new RunRouter([], options)
  router.on({ when: {} }, { action, parameters, documents: true })
  for (const message of makeRunDocuments().messages) router.dispatch(message)
  await router.settled()
  const files = await readdir(options.results.root, { recursive: true })
  const path = files.find((each) => each.endsWith('/manifest.json'))
  return JSON.parse(await readFile(join(options.results.root, path ?? ''), 'utf8')) as Manifest
}

const notebook = (name: string): Action =>
  papermill({ template: join(root, 'test/fixtures/notebooks', `${name}.ipynb`), python })

describe('the schema of the manifest', () => {
  it('has all fields that core writes, and requires them', () => {
    expect([...(schema.required ?? [])].sort()).toEqual(Object.keys(always).sort())
    expect(Object.keys(schema.properties ?? {})).toEqual(
      expect.arrayContaining(Object.keys(always)),
    )
  })

  it('is kept by an action that adds details of its own', async () => {
    const action = defineAction({
      name: 'note',
      run: () => Promise.resolve({ state: 'succeeded', details: { entry_number: 7 } }),
    })
    const manifest = await manifestOf(action, { threshold: Number.NaN })
    expect(problemsOf(manifest)).toEqual([])
    expect(manifest.entry_number).toBe(7)
    expect(manifest.parameters).toEqual({ threshold: { __float__: 'nan' } })
    expect(Object.keys(manifest)).toEqual(expect.arrayContaining(Object.keys(always)))
  })

  it('refuses what is no manifest', async () => {
    const manifest = await manifestOf(
      defineAction({ name: 'note', run: () => Promise.resolve({ state: 'succeeded' }) }),
    )
    expect(problemsOf({ ...manifest, state: 'running' })).not.toEqual([])
    expect(problemsOf({ ...manifest, started_at: 'now' })).not.toEqual([])
    expect(problemsOf({ ...manifest, uid: undefined })).not.toEqual([])
    expect(problemsOf({ ...manifest, evidence: { line: 1 } })).not.toEqual([])
  })
})

describe.skipIf(!hasPython)('the manifest of a real notebook', () => {
  it('that succeeds is as the page says', async () => {
    const manifest = await manifestOf(notebook('reflection_scan'))
    expect(manifest.state).toBe('succeeded')
    expect(problemsOf(manifest)).toEqual([])
    expect(undescribed(manifest)).toEqual([])
    expect(Object.keys(manifest)).toEqual(
      expect.arrayContaining(['template_sha256', 'kernel', 'python', 'packages', 'cell_seconds']),
    )
  })

  it('that fails is as the page says', async () => {
    const manifest = await manifestOf(notebook('raises'))
    expect(manifest).toMatchObject({ state: 'failed', reason: 'cell-error' })
    expect(problemsOf(manifest)).toEqual([])
    expect(undescribed(manifest)).toEqual([])
    expect(manifest.evidence?.cell).toBeGreaterThan(0)
  })
})

/** Fields that the page does not describe. */
function undescribed(manifest: Manifest): string[] {
  return Object.keys(manifest).filter((key) => !Object.hasOwn(schema.properties ?? {}, key))
}

it('the example of the page is a manifest', () => {
  const [shown] = blocksOn('docs/reference/manifest.md', 'json')
  const example = JSON.parse(shown!) as Manifest
  expect(problemsOf(example)).toEqual([])
  expect(undescribed(example)).toEqual([])
})

it.skipIf(!hasPython)('the Python of the page can be compiled', async () => {
  const blocks = blocksOfPages().filter(
    ({ file, language }) => file === 'docs/reference/manifest.md' && language === 'python',
  )
  expect(blocks.length).toBe(1)
  expect(await pythonProblems(blocks)).toEqual([])
})
