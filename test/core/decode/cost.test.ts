import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { frameReader } from '../../../packages/core/src/decode/frame-reader.js'
import { bounds } from '../../fuzz/bounds.js'
import { constantPayloads } from './cost/constant.js'
import { greedyPayloads } from './cost/greedy.js'

/** What measure.ts prints of one payload. */
interface Measured {
  readonly name: string
  readonly bytes: number
  readonly outcome: string
  readonly milliseconds: number
  readonly allocated: number
}

const size = 200_000
const measured = new Map<string, Measured>()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cost-'))
  const outfile = join(folder, 'measure.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('cost/measure.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
  })
  const flags = ['--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, outfile, String(size)])
  for (const line of stdout.trimEnd().split('\n')) {
    const one = JSON.parse(line) as Measured
    measured.set(one.name, one)
  }
}, 300_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the cost of a payload is bounded by its length', () => {
  it.each(greedyPayloads.map(({ name }) => name))('%s', (name) => {
    const { bytes, milliseconds, allocated } = measured.get(name)!
    expect(bytes).toBeGreaterThanOrEqual(size)
    const most = bounds.milliseconds + (bounds.microsecondsPerByte * bytes) / 1000
    expect(milliseconds).toBeLessThan(most)
    // what is bounded besides by a constant is not what these are made of
    expect(allocated).toBeLessThan(bounds.bytesPerByte * bytes)
  })

  it.each(constantPayloads.map(({ name }) => name))('and by a constant: %s', (name) => {
    const { bytes, outcome, milliseconds, allocated } = measured.get(name)!
    expect(outcome).toBe('value')
    const most = bounds.milliseconds + (bounds.microsecondsPerByte * bytes) / 1000
    expect(milliseconds).toBeLessThan(most)
    expect(allocated).toBeLessThan(bounds.megabytes * 2 ** 20 + bounds.bytesPerByte * bytes)
  })
})

describe('what is told of a frame is bounded', () => {
  const read = frameReader()
  const frame = (text: string) => new TextEncoder().encode(text)

  it('in length, however long the name, the prefix or a key is', () => {
    const long = 'n'.repeat(1_000_000)
    const unknown = read(frame(` ${long} {}`))
    expect(unknown).toMatchObject({ kind: 'dropped', dropped: { reason: 'unknown-name' } })
    expect(JSON.stringify(unknown).length).toBeLessThan(2000)
    expect(JSON.stringify(read(frame(`${long} start {}`))).length).toBeLessThan(1000)
    const strict = frameReader({ validate: 'drop' })
    const invalid = strict(frame(` start {"uid":"a","time":0,"a.${long}":1}`))
    expect(invalid).toMatchObject({ kind: 'dropped', dropped: { reason: 'invalid' } })
    expect(JSON.stringify(invalid).length).toBeLessThan(3000)
  })

  it('in issues, however many places a long key has', () => {
    const key = 'k'.repeat(300_000)
    const wrong = { source: 1, dtype: 5, shape: new Array<string>(1000).fill('x') }
    const doc = { uid: 'a', run_start: 'b', time: 1, data_keys: { [key]: wrong } }
    const outcome = read(frame(` descriptor ${JSON.stringify(doc)}`))
    if (outcome.kind !== 'document') throw new Error(outcome.kind)
    expect(outcome.issues.length).toBeGreaterThan(0)
    const told = outcome.issues.reduce((total, { path }) => total + path.length, 0)
    expect(told).toBeLessThan(10 * key.length)
  })
})
