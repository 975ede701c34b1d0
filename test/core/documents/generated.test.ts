import { execFile } from 'node:child_process'
import { appendFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'

import type {
  Event,
  EventDescriptor,
  RunStart,
  RunStop,
} from '../../../packages/core/src/documents/generated/index.js'
import { hasPython, python, root } from '../../support/python.js'

const core = join(root, 'packages/core')
const script = join(core, 'scripts/generate-documents.mjs')

interface Outcome {
  code: number
  stdout: string
  stderr: string
}

function node(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, PYTHON: python }
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generated-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe.skipIf(!hasPython)('the generated documents', () => {
  it('are what the installed event-model gives today', async () => {
    const { code, stderr } = await node(script, '--check')
    expect(stderr).toMatch(/^up to date with event-model 1\./)
    expect(code).toBe(0)
  })

  it('are found out where they differ from event-model', async () => {
    const copy = join(folder, 'core')
    await cp(join(core, 'schemas'), join(copy, 'schemas'), { recursive: true })
    const generated = 'src/documents/generated'
    await cp(join(core, generated), join(copy, generated), { recursive: true })
    await appendFile(join(copy, 'schemas/run_stop.json'), ' ')
    await rm(join(copy, generated, 'event.ts'))

    const { code, stderr } = await node(script, '--check', '--package', copy)
    expect(stderr).toContain('run `npm run generate`')
    expect(stderr).toContain('schemas/run_stop.json differs')
    expect(stderr).toContain(`${generated}/event.ts is missing`)
    expect(stderr.trim().split('\n')).toHaveLength(3)
    expect(code).toBe(1)
  })
})

describe('the generated validators', () => {
  it('run without eval and without anything of Node, as in a page with a strict policy', async () => {
    const outfile = join(folder, 'page.mjs')
    await build({
      stdin: {
        contents: `
          import { validateDocument } from './validate-document.js'
          console.log(JSON.stringify(validateDocument('stop', { uid: 1 })))`,
        resolveDir: join(core, 'src/documents/validate'),
        loader: 'ts',
      },
      ...{ bundle: true, platform: 'browser', format: 'esm', outfile },
    })
    const { code, stdout } = await node('--disallow-code-generation-from-strings', outfile)
    expect(JSON.parse(stdout)).toMatchObject({ valid: false })
    expect(code).toBe(0)
    // a bundle for browsers would have kept what it can't resolve
    expect(await readFile(outfile, 'utf8')).not.toMatch(/\brequire\(|from ["']/)
  })
})

describe('the generated types', () => {
  it('know the fields that event_model knows, and let the rest of the metadata be anything', () => {
    expectTypeOf<RunStart['uid']>().toEqualTypeOf<string>()
    expectTypeOf<RunStart['plan_name']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<RunStart['scan_id']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<RunStart['proposal']>().toEqualTypeOf<unknown>()
    expectTypeOf<{ uid: string }>().not.toExtend<RunStart>()
    expectTypeOf<{ uid: string; time: number; proposal: string }>().toExtend<RunStart>()
    expectTypeOf<RunStop['exit_status']>().toEqualTypeOf<'success' | 'abort' | 'fail'>()
    expectTypeOf<NonNullable<RunStop['num_events']>[string]>().toEqualTypeOf<number>()
    expectTypeOf<Event['data'][string]>().toEqualTypeOf<unknown>()
    expectTypeOf<EventDescriptor['data_keys'][string]['shape']>().toEqualTypeOf<(number | null)[]>()
  })

  it('take the types of a site for its own metadata', () => {
    interface Sample {
      thickness: number
    }
    type SiteStart = RunStart<{ sample: Sample; proposal: string }>
    expectTypeOf<SiteStart['sample']>().toEqualTypeOf<Sample>()
    expectTypeOf<SiteStart['proposal']>().toEqualTypeOf<string>()
    expectTypeOf<SiteStart['uid']>().toEqualTypeOf<string>()
    expectTypeOf<SiteStart['plan_name']>().toEqualTypeOf<string | undefined>()
  })
})
