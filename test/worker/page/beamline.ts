import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { JobStatus } from '@prompt-papermill/core'
import {
  FakeSource,
  makeRunDocuments,
  type RunDocumentsOptions,
} from '@prompt-papermill/core/testing'
import { type ConfigGiven, createWorker, makeConfig } from '@prompt-papermill/worker'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

import { readLogger } from '../../support/failing-ledger.ts'
import { notebookOf } from '../../support/notebook.mjs'
import { python } from '../../support/python.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

export const browserPath = '/usr/bin/chromium'
export const hasBrowser = existsSync(browserPath)
export const token = 'a token for the tests'

/** A picture of one pixel. */
export const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const figure = `import base64
from IPython.display import Image, display
display(Image(data=base64.b64decode('${pixel}'), format='png'))`

/** Notebooks by their plan: one that waits for the file \`go\`, one that fails, and one that is quick. */
function templates(folder: string): Record<string, string> {
  const wait = `import os, time
while not os.path.exists('${folder}/go'):
    time.sleep(0.05)`
  return {
    slow: notebookOf('uid = None', figure, wait, 'print("the end")'),
    broken: notebookOf('uid = None', 'print("so far")', 'angle = 0\n1 / angle', 'print("never")'),
    quick: notebookOf('uid = None', 'print(uid)'),
  }
}

/** A worker with real papermill whose documents a test sends, and its page. */
export async function openBeamline(given: Partial<ConfigGiven> = {}) {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'templates'))
  for (const [plan, text] of Object.entries(templates(folder))) {
    await writeFile(join(folder, 'templates', `${plan}.ipynb`), text)
  }
  const source = new FakeSource()
  const { logger, lines } = readLogger()
  const configOf = (port: number) =>
    makeConfig(
      {
        templates: join(folder, 'templates'),
        results: join(folder, 'results'),
        state: join(folder, 'state'),
        python,
        http: { port, token },
        kernels: { warm: 0 },
        shutdown: { grace: '1s' },
        ...given,
      },
      join(folder, 'worker.yml'),
    )
  const startWorker = async (port: number) => {
    const worker = await createWorker(configOf(port), { sources: [source], logger })
    onTestFinished(() => worker.stop())
    return worker
  }
  const worker = await startWorker(0)
  return {
    folder,
    worker,
    lines,
    /** Stops the worker; what it gives starts another one at the same port. */
    async stop() {
      const port = worker.httpPort ?? 0
      await worker.stop()
      return () => startWorker(port)
    },
    url: `http://localhost:${worker.httpPort ?? ''}`,
    /** Has the notebook \`slow\` go on. */
    letGo: () => writeFile(join(folder, 'go'), ''),
    /** Sends a run of a plan. */
    run(plan_name: string, options: RunDocumentsOptions = {}) {
      const run = makeRunDocuments({ time: Date.now() / 1000, plan_name, ...options })
      source.send(...run.messages)
      return run
    },
    send: source.send.bind(source),
    /** Resolves once a job of a run stands as is said. */
    async job(uid: string, isMeant: (status: JobStatus) => boolean): Promise<JobStatus> {
      return new Promise((resolve) => {
        worker.router.queue.events.on('status', (status) => {
          if (status.job.run.uid === uid && isMeant(status)) resolve(status)
        })
      })
    },
  }
}

/** A browser for the tests of a file. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

/** A page of a browser in a context of its own, with all that goes wrong in it. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  page.on('console', (message) => {
    // what was refused by its status is told there too, and is not an error of the page
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      errors.push(message.text())
    }
  })
  await page.goto(url)
  return { page, errors }
}
