import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'

import type { ActionResult } from '@prompt-papermill/core'
import type { PapermillOptions } from '@prompt-papermill/papermill-runner'
import { papermill } from '@prompt-papermill/papermill-runner'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { Bench, errorsIn, kernelKinds, printed, SharedPool } from './support.ts'

const secrets = {
  RUNNER_TEST_TOKEN: 'tøken "of" \\ 7f3a9c41d2',
  RUNNER_TEST_KEY:
    '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7\n-----END KEY-----\n',
  RUNNER_TEST_PIN: '1234',
}
const digest = (text: string) => createHash('sha256').update(text).digest('hex')
/** What must be nowhere: of each secret a part that nothing else has. */
const traces = ['7f3a9c41d2', 'MIIEvQIBADAN', 'AASCBKcwggSj']

describe.each(kernelKinds)('with %s kernels, a secret', (kind) => {
  let shared: SharedPool | undefined
  beforeAll(async () => {
    shared = await SharedPool.of(kind)
  })
  afterAll(() => shared?.close())
  let bench: Bench
  beforeEach(async () => {
    bench = await Bench.set(shared)
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  const run = (
    options: Partial<PapermillOptions> = {},
    parameters: Record<string, unknown> = {},
  ): Promise<ActionResult> =>
    bench.run('tells-its-secrets.ipynb', { secrets, ...options }, { parameters })

  /** All that anybody is told or shown: files, result, progress and log lines. */
  const everything = async (result: ActionResult): Promise<string> => {
    const names = await readdir(bench.resultsDir)
    const files = await Promise.all(names.map((name) => bench.read(name)))
    return [...files, ...bench.warnings, JSON.stringify([result, bench.progress])].join('\n')
  }

  it('is in the kernel’s environment, and in nothing that is kept', async () => {
    const result = await run({ html: true })
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(JSON.parse(await bench.read('digests.json'))).toEqual({
      ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, digest(value)])),
      hidden: null,
      in_parent: false,
    })
    const told = await everything(result)
    for (const trace of traces) expect(told).not.toContain(trace)
    const said = printed(await bench.notebook())
    expect(said).toContain('whole: *** and the pin 1234\n')
    expect(said.split('\n')).toEqual(expect.arrayContaining(['***', 'warned of ***']))
    expect(await bench.read('log.txt')).toContain('to the log: *** ***\n')
    expect(await bench.read('entry.html')).toContain('<b>***</b>')
  })

  it('is in no message and traceback, also where these are cut', async () => {
    const result = await run({}, { raises: true })
    expect(result).toMatchObject({ reason: 'cell-error', evidence: { ename: 'ValueError' } })
    const told = await everything(result)
    for (const trace of traces) expect(told).not.toContain(trace)
    expect(told).not.toContain('xtøken')
    expect(errorsIn(await bench.notebook()).at(-1)?.evalue).toMatch(/^x+\*\*\*$/)
  })

  it('is not begun where the output was cut', async () => {
    const whole = 'whole: '.length
    for (const more of [4, 12]) {
      const result = await run({ limits: { output: whole + more } })
      expect(result).toMatchObject({ state: 'succeeded', details: { output_cut: whole + more } })
      const said = printed(await bench.notebook())
      expect(said).toMatch(/^whole: \[output cut here/)
    }
  })

  it('is not there for the next notebook', async () => {
    await run()
    const result = await bench.run('tells-its-secrets.ipynb')
    expect(result).toMatchObject({ reason: 'cell-error', evidence: { ename: 'KeyError' } })
  })

  it('of the host’s own is kept from a notebook by env', async () => {
    vi.stubEnv('RUNNER_TEST_HIDDEN', 'of the host')
    await run()
    expect(JSON.parse(await bench.read('digests.json'))).toMatchObject({ hidden: 'of the host' })
    await run({ env: { RUNNER_TEST_HIDDEN: undefined } })
    expect(JSON.parse(await bench.read('digests.json'))).toMatchObject({ hidden: null })
    vi.stubEnv('RUNNER_TEST_HIDDEN', undefined)
  })
})

describe('the option secrets', () => {
  it.each([
    [{ 'A-B': 'value' }, 'secrets.A-B is no name of an environment variable'],
    [{ EMPTY: '' }, 'secrets.EMPTY must be a text that is not empty'],
    [{ ZERO: 'hidden\0part' }, 'secrets.ZERO must not have a zero byte in it'],
  ])('refuses %o without a word of its value', (given, message) => {
    const make = () => papermill({ template: 'a.ipynb', secrets: given })
    expect(make).toThrow(message)
    expect(make).not.toThrow('hidden')
  })

  it('is not shown by the action', () => {
    const action = papermill({ template: 'a.ipynb', secrets })
    expect(JSON.stringify(action)).not.toContain(traces[0])
  })
})
