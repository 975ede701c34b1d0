import { Buffer } from 'node:buffer'
import { parentPort, workerData } from 'node:worker_threads'

import { Dice } from './dice.js'
import { type Corpus, makeInput } from './inputs.js'
import { FuzzFailure, tryInput } from './trial.js'

/** What the supervisor asks for. */
interface Task {
  readonly seed: string
  readonly from: number
  readonly to: number
  readonly corpus: Corpus
  /** Its first place holds how many inputs were begun, counted from `from`. */
  readonly progress: SharedArrayBuffer
}

interface Record {
  value: number
  index: number
  bytes: number
}

const { seed, from, to, corpus, progress } = workerData as Task
const begun = new Int32Array(progress)
const outcomes: { [targetAndOutcome: string]: number } = {}
const slowest: Record = { value: 0, index: -1, bytes: 0 }
const largest: Record = { value: 0, index: -1, bytes: 0 }
const failed: { index: number; why: string; target: string; payload: string }[] = []

/** Remembers the greatest. */
function note(record: Record, value: number, index: number, bytes: number): void {
  if (value > record.value) Object.assign(record, { value, index, bytes })
}

/** So many are enough to go on with. */
const mostFailures = 20
let index = from
for (; index < to && failed.length < mostFailures; index++) {
  const input = makeInput(new Dice(`${seed}/${index}`), corpus)
  Atomics.store(begun, 0, index - from + 1)
  try {
    const { outcome, milliseconds, grown } = tryInput(input)
    const key = `${input.target} ${outcome}`
    outcomes[key] = (outcomes[key] ?? 0) + 1
    note(slowest, milliseconds, index, input.bytes.length)
    note(largest, grown, index, input.bytes.length)
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error
    const payload = Buffer.from(input.bytes.subarray(0, 600)).toString('base64')
    failed.push({ index, why: error.message, target: input.target, payload })
  }
}
parentPort?.postMessage({ done: index, outcomes, slowest, largest, failed })
