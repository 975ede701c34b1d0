/**
 * Makes the pictures of the page that the docs show: `node test/screenshots.mjs`, after a build. A worker with real
 * papermill runs notebooks that fit a peak, one that fails and one that takes a while; Chromium looks.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { FakeSource, makeRunDocuments } from '@prompt-papermill/core/testing'
import { createWorker, makeConfig, makeLogger } from '@prompt-papermill/worker'
import { chromium } from 'playwright-core'

import { notebookOf } from './support/notebook.mjs'
import { at, python } from './bench/lib/paths.mjs'

const pictures = at('docs/images')
const folder = await mkdtemp(join(tmpdir(), 'screenshots-'))

const parameters = `uid = None
sample = 'sample'
width = 1.0`
const measure = `import numpy as np
q = np.linspace(-4, 4, 60)
rng = np.random.default_rng(len(sample))
counts = rng.poisson(900 * np.exp(-(q / width) ** 2) + 40)
print(f'{len(q)} points of {sample}')`
const fit = `peak = counts.max() - counts.min()
center = (q * (counts - counts.min())).sum() / (counts - counts.min()).sum()
print(f'peak {peak}, center {center:.3f}')`
const plot = `import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(5, 3.4), layout='constrained')
axes.errorbar(q, counts, np.sqrt(counts), fmt='o', markersize=3.5, color='#1f5f8b', ecolor='#a9c4d8')
axes.plot(q, 900 * np.exp(-((q - center) / width) ** 2) + 40, color='#c2571a')
axes.set(xlabel='angle (mrad)', ylabel='counts', title=sample)
plt.show()`
const residuals = `figure, axes = plt.subplots(figsize=(5, 3.4), layout='constrained')
axes.axhline(0, color='#c2571a')
axes.plot(q, (counts - 900 * np.exp(-((q - center) / width) ** 2) - 40) / np.sqrt(counts), 'o', markersize=3.5, color='#1f5f8b')
axes.set(xlabel='angle (mrad)', ylabel='residual / σ', title='residuals')
plt.show()`
const refine = `reference = {'silicon': 0.42}
reference[sample] / width`
const wait = `import time, os
while not os.path.exists('${folder}/go'):
    time.sleep(0.1)`

const templates = {
  rocking_curve: [parameters, measure, fit, plot, residuals],
  reflection_scan: [parameters, measure, fit, plot, refine],
  tomography: [parameters, measure, fit, plot, wait, residuals],
}

const source = new FakeSource()
let worker
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  await makePictures()
} finally {
  await writeFile(join(folder, 'go'), '')
  await browser.close()
  await worker?.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function makePictures() {
  await mkdir(pictures, { recursive: true })
  await mkdir(join(folder, 'templates'))
  for (const [plan, sources] of Object.entries(templates)) {
    await writeFile(join(folder, 'templates', `${plan}.ipynb`), notebookOf(...sources))
  }
  worker = await startWorker()
  const base = `http://localhost:${worker.httpPort}`
  let scan = 1840
  const run = async (plan_name, sample, width, options = {}) => {
    scan += 1
    const metadata = { sample_name: sample, width, proposal: '2026-1187' }
    const given = { plan_name, scan_id: scan, time: Date.now() / 1000, metadata, ...options }
    const { uid, messages } = makeRunDocuments({ events: { primary: 60 }, ...given })
    source.send(...messages)
    return uid
  }
  await run('rocking_curve', 'silicon', 1.1)
  await run('rocking_curve', 'germanium', 0.8)
  await run('count', 'dark', 1)
  await run('reflection_scan', 'silicon', 1.4)
  await worker.router.settled()
  const failed = await run('reflection_scan', 'water/air', 1.2)
  await worker.router.settled()
  await run('reflection_scan', 'lipid monolayer', 0.9, { exit_status: 'abort' })
  await run('rocking_curve', 'quartz', 1.6)
  await worker.router.settled()
  await run('tomography', 'coffee bean', 1.9)
  const page = await open({})
  await page.goto(base)
  await page.getByText(/cell 5 of/u).waitFor()
  await page.locator('.run', { hasText: 'tomography' }).locator('img').waitFor()
  await page.locator('.thumbnails img').nth(5).waitFor()
  await page.waitForTimeout(500)
  await shoot(page, 'page-runs.png')
  await page.goto(`${base}/runs/${failed}`)
  await page.locator('pre.traceback').waitFor()
  await page.locator('.figures img').waitFor()
  await shoot(page, 'page-failed.png')
  const dark = await open({ colorScheme: 'dark' })
  await dark.goto(base)
  await dark.locator('.run', { hasText: 'germanium' }).getByRole('link').click()
  await dark.locator('.figures img').nth(1).waitFor()
  await dark.waitForTimeout(500)
  await shoot(dark, 'page-run-dark.png')
  const phone = await open({ viewport: { width: 390, height: 780 }, isMobile: true })
  await phone.goto(base)
  await phone.locator('.thumbnails img').first().waitFor()
  await phone.waitForTimeout(800)
  await shoot(phone, 'page-phone.png')
}

function startWorker() {
  const reference = (name) => ({ ref: `$start.${name}`, default: 1 })
  const entry = (plan) => ({
    name: plan,
    when: { plan_name: plan, 'stop.exit_status': 'success' },
    notebooks: [
      {
        template: `${plan}.ipynb`,
        parameters: { sample: '$start.sample_name', width: reference('width') },
      },
    ],
  })
  const config = makeConfig(
    {
      ...{ templates: 'templates', results: 'results', state: 'state', python },
      http: { port: 0, token: 'only for the pictures' },
      kernels: { warm: 0 },
      shutdown: { grace: '5s' },
      rules: Object.keys(templates).map(entry),
    },
    join(folder, 'worker.yml'),
  )
  return createWorker(config, { sources: [source], logger: makeLogger({ level: 'error' }) })
}

async function open(options) {
  const context = await browser.newContext({
    viewport: { width: 1180, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    reducedMotion: 'reduce',
    ...options,
  })
  return context.newPage()
}

async function shoot(page, name) {
  await page.screenshot({ path: join(pictures, name) })
  process.stderr.write(`docs/images/${name}\n`)
}
