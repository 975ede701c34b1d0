/**
 * The page: how long its first view takes in Chromium with 10,000 runs in the ledger, from the address to the rows;
 * how long frames take while it is scrolled and runs arrive; and what 50 open pages cost the intake.
 */
/* global document, MutationObserver, performance, requestAnimationFrame, scrollBy, window */
import { chromium } from 'playwright-core'

import { median, spread } from './lib/statistics.mjs'
import { python, at } from './lib/paths.mjs'
import { end, freePort, lines, start } from './page/children.mjs'
import { workerWithRuns } from './page/worker-with-runs.mjs'

const browserPath = '/usr/bin/chromium'
const vector = at('test/fixtures/vectors/reflection_scan_2000.frames')
const intakeRuns = 50
const documents = intakeRuns * 2003
const promised = { view: 300, intake: 0.9 }

/** Measures; fails if a run is lost. */
export async function bench({ rounds = 5, say }) {
  say('filling a ledger with 10,000 runs')
  const rows = await viewRows(rounds, say)
  const rates = { 0: [], 50: [] }
  for (let round = 1; round <= rounds; round += 1) {
    for (const pages of [0, 50]) {
      const rate = await intake(pages)
      rates[pages].push(rate)
      say(`round ${round}: ${pages} pages: ${Math.round(rate)} documents/s`)
    }
  }
  const [ours, theirs] = [median(rates[50]), median(rates[0])]
  return [
    ...rows,
    {
      case: `intake with 50 open pages against none; promised is ${promised.intake}`,
      ours,
      theirs,
      ratio: ours / theirs,
      unit: 'documents/s',
      note: `ours ${spread(rates[50])}`,
    },
  ]
}

async function viewRows(rounds, say) {
  const { url, arrive, remove } = await workerWithRuns(10_000)
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const views = []
    const frames = []
    // the first one warms the browser
    for (let round = 0; round <= rounds; round += 1) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
      const page = await context.newPage()
      await page.addInitScript(noteFirstRow)
      await page.goto(url)
      const view = await page.waitForFunction(() => window.firstRow)
      if (round > 0) views.push(await view.jsonValue())
      frames.push(...(await scroll(page, arrive)))
      await context.close()
      say(`round ${round}: first view ${Math.round(views.at(-1) ?? 0)} ms`)
    }
    const ours = median(views)
    const p95 = [...frames].sort((a, b) => a - b)[Math.floor(frames.length * 0.95)]
    return [
      {
        case: 'first view of 10,000 runs, from the address to the rows, against what is promised',
        ours,
        theirs: promised.view,
        ratio: promised.view / ours,
        unit: 'ms',
        note: spread(views),
      },
      {
        case: 'a frame while scrolling and runs arrive, 95 %',
        ours: p95,
        theirs: null,
        ratio: null,
        unit: 'ms',
        note: `longest ${Math.max(...frames).toFixed(0)}, ${frames.length} frames`,
      },
    ]
  } finally {
    await browser.close()
    await remove()
  }
}

/** In the page: notes when the first row is painted, in milliseconds since it was gone to. */
function noteFirstRow() {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('.run')) return
    observer.disconnect()
    requestAnimationFrame(() => setTimeout(() => (window.firstRow = performance.now())))
  })
  observer.observe(document, { childList: true, subtree: true })
}

/** Scrolls to the end and back while runs arrive; how long each frame took, in milliseconds. */
async function scroll(page, arrive) {
  const arriving = setInterval(arrive, 100)
  const frames = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const taken = []
        let before = performance.now()
        const step = (now) => {
          taken.push(now - before)
          before = now
          scrollBy(0, taken.length < 60 ? 60 : -60)
          if (taken.length < 120) requestAnimationFrame(step)
          else resolve(taken.slice(1))
        }
        requestAnimationFrame(step)
      }),
  )
  clearInterval(arriving)
  return frames
}

/** Documents a second with so many pages open. */
async function intake(pages) {
  const address = `127.0.0.1:${await freePort()}`
  const publish = ['intake/publish.py', address, vector, '--runs', String(intakeRuns)]
  const publisher = start(python, publish)
  const published = lines(publisher)
  await published.next()
  const receiver = start(process.execPath, [
    'page/receive.mjs',
    address,
    String(intakeRuns),
    String(pages),
  ])
  try {
    const received = lines(receiver)
    await received.next()
    const { began } = JSON.parse((await published.next()).value)
    const { runs, last } = JSON.parse((await received.next()).value)
    if (runs !== intakeRuns) throw new Error(`${intakeRuns - runs} runs were lost`)
    return documents / (last - began)
  } finally {
    await Promise.all([receiver, publisher].map(end))
  }
}
