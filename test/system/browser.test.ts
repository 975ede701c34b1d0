import { existsSync } from 'node:fs'

import type * as Core from '@prompt-papermill/core/documents'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'

import { root } from '../support/python.ts'
import { readExpected, readFrames } from '../support/vectors.ts'

const browserPath = '/usr/bin/chromium'

/** core/documents as one script, with what the page is asked to do. */
async function bundle(): Promise<string> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export * from '@prompt-papermill/core/documents'`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'core',
    platform: 'browser',
    target: 'es2022',
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs.filter((path) => path.includes('zeromq') || path.startsWith('node:'))).toEqual([])
  return outputFiles[0]?.text ?? ''
}

describe.skipIf(!existsSync(browserPath))('core/documents in Chromium', () => {
  it('decodes, validates and routes documents under a policy that forbids eval', async () => {
    const script = await bundle()
    const browser = await chromium.launch({
      executablePath: browserPath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    // a page of its own, so that the policy is in force and crypto.subtle is there as on a real site
    await page.route('http://localhost/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        headers: { 'content-security-policy': `script-src 'nonce-core'` },
        body: `<!doctype html><script nonce="core">${script.replaceAll('</script', '<\\/script')}</script>`,
      }),
    )
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto('http://localhost/')
    const frames = readFrames('custom_types').map((frame) => [...frame])
    const shown = await page.evaluate(runInPage, frames)
    expect(errors).toEqual([])
    expect(shown.documents).toHaveLength(6)
    const start = JSON.parse(shown.documents[0] ?? '') as Record<string, unknown>
    expect(start).toMatchObject(
      (JSON.parse(readExpected('custom_types')[0] ?? '') as unknown[])[1] as object,
    )
    expect(shown.jobs).toEqual(['custom: succeeded'])
    expect(shown.invalid).toEqual(['$.time'])
  })
})

/** Runs in the page, where `core` is the bundle. */
async function runInPage(frames: number[][]): Promise<{
  documents: string[]
  jobs: string[]
  invalid: string[]
}> {
  const { core } = globalThis as unknown as {
    core: typeof Core
  }
  const read = core.frameReader()
  const router = new core.RunRouter()
  const jobs: string[] = []
  router.on(
    { when: { plan_name: 'custom' } },
    core.defineAction({ name: 'custom', run: () => Promise.resolve({ state: 'succeeded' }) }),
  )
  router.events.on('job', ({ job, state }) => {
    if (state.state === 'succeeded') jobs.push(`${job.entry}: ${state.state}`)
  })
  const documents: string[] = []
  for (const frame of frames) {
    const outcome = read(Uint8Array.from(frame))
    if (outcome.kind !== 'document') continue
    documents.push(core.toLosslessJson(outcome.message.doc))
    router.dispatch(outcome.message)
  }
  await router.settled()
  const validation = core.validateDocument('start', { uid: 'a', time: 'yesterday' })
  const invalid = validation.valid ? [] : validation.issues.map(({ path }) => path)
  return { documents, jobs, invalid }
}
