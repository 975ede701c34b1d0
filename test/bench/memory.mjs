/**
 * What stays in memory of runs that have passed, and of runs that are open: through frames, decoder and RunRouter
 * with one callback, and with one rule besides; in Python through event_model's RunRouter with one callback. The
 * memory after 1,000 runs is what any program takes. What has to be remembered of runs that have passed (that they
 * have, which descriptors were theirs) is bounded, and full after some 20,000; what grows from there on is lost.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { vectorPath } from './lib/frames.mjs'
import { at, python } from './lib/paths.mjs'

const vector = vectorPath('failing')
const marks = [1000, 5000, 10_000, 20_000, 30_000]
const open = 1000
/** From where on nothing should grow. */
const [full, last] = [3, 4]

/** Measures once: what stays does not depend on how busy the machine is. */
export async function bench({ say }) {
  const theirs = await inPython()
  const passed = { callback: await ours('callback', marks), rule: await ours('rule', marks) }
  const [none, opened] = await ours('open', [open], vectorPath('reflection_scan'))
  for (const [mode, [empty, ...after]] of Object.entries(passed)) {
    say(`${mode}: ${mb(empty.heap)} MB of heap before any run`)
    marks.forEach((mark, i) => say(`${mode}, ${mark} runs: ${mb(after[i].heap)} MB of heap`))
  }
  return [
    ...Object.entries(passed).flatMap(([mode, after]) => [
      ...marks.map((mark, i) =>
        row(`one ${mode}: heap after ${mark} runs`, after[i + 1].heap / 1e6, null, 'MB'),
      ),
      ...marks.map((mark, i) =>
        row(
          `one ${mode}: resident after ${mark} runs`,
          after[i + 1].rss / 1e6,
          theirs[i] / 1e6,
          'MB',
        ),
      ),
      row(
        `one ${mode}: growth from 20,000 runs to 30,000, for each run`,
        growth(after[full + 1].heap, after[last + 1].heap),
        growth(theirs[full], theirs[last]),
        'bytes',
      ),
    ]),
    row('heap for each open run', (opened.heap - none.heap) / open, null, 'bytes'),
  ]
}

/** Bytes for each run once all is full that is bounded. */
function growth(before, after) {
  return (after - before) / (marks[last] - marks[full])
}

function row(what, mine, theirs, unit) {
  const ratio = theirs === null || mine <= 0 ? null : theirs / mine
  return { case: what, ours: mine, theirs, ratio, unit }
}

async function ours(mode, numbers, file = vector) {
  const args = ['--expose-gc', at('test/bench/memory/runs.mjs'), file, mode, ...numbers.map(String)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

async function inPython() {
  const args = [at('test/bench/memory/runs.py'), vector, ...marks.map(String)]
  const { stdout } = await promisify(execFile)(python, args)
  return stdout.trimEnd().split('\n').map(Number)
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(1)
}
