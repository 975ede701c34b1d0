/** The ways in which a notebook is run that are compared. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import { executeNotebook } from '@prompt-papermill/papermill-runner'

import { at, python } from '../lib/paths.mjs'

const papermill = at('.venv/bin/papermill')

/** What the kernels of a pool have imported. */
export const preload = ['numpy', 'matplotlib.pyplot']

/** The notebooks of this folder. */
export const notebook = (name) => at(`test/bench/notebook/${name}.ipynb`)

/** With a kernel of this source. */
export async function ours(kernels, template, output) {
  const result = await executeNotebook(template, output, {}, { python, kernels })
  if (result.state !== 'succeeded') throw new Error(result.message)
}

/** papermill's command. */
export async function command(template, output) {
  await promisify(execFile)(papermill, ['--no-progress-bar', template, output])
}

/** Runs so many that two are at work at any time. */
export async function twoAtATime(runs) {
  const left = [...runs]
  const worker = async () => {
    for (let run = left.shift(); run; run = left.shift()) await run()
  }
  await Promise.all([worker(), worker()])
}

/** Milliseconds that it takes. */
export async function timed(run) {
  const began = performance.now()
  await run()
  return performance.now() - began
}

/** A Python process that has imported papermill, and runs one notebook after the other. */
export class PythonThatStays {
  constructor() {
    this.child = spawn(python, [at('test/bench/notebook/stay.py')], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.lines = createInterface({ input: this.child.stdout })
  }

  async run(template, output) {
    this.child.stdin.write(`${JSON.stringify([template, output])}\n`)
    const [line] = await once(this.lines, 'line')
    if (line !== 'done') throw new Error(line)
  }

  end() {
    this.child.stdin.end()
  }
}
