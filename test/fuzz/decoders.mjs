/**
 * Gives the decoders inputs that no one would send: `npm run fuzz -- [--inputs N] [--seed TEXT] [--from INDEX]
 * [--json]`. Each must end soon, in memory bounded by its length, with a value of documents or a refusal.
 *
 * An input follows from the seed and its index: `--from INDEX --inputs 1` is one of them again. Inputs run in
 * chunks, in a thread that is ended if one hangs. Exit code 1 if any input did what none may do.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'

import { build } from 'esbuild'

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const { values: given } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: 'decoders' },
    from: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
})
const [inputs, first] = [Number(given.inputs), Number(given.from)]
if (!Number.isSafeInteger(inputs) || !Number.isSafeInteger(first) || inputs < 1 || first < 0) {
  console.error('usage: npm run fuzz -- [--inputs N] [--seed TEXT] [--from INDEX] [--json]')
  process.exit(2)
}

const chunk = 50_000
/** No input takes so long, on a machine however busy. */
const longest = 60_000
/** Of the thread's heap; what needs more ends it, and is a failure. */
const heapMegabytes = 1024
const mostFailures = 20

/** Payloads as Python wrote them: those recorded, and random ones if the Python for tests is there. */
function gatherCorpus() {
  const corpus = { pickle: [], msgpack: [], json: [], frame: [] }
  const vectors = at('test/fixtures/vectors')
  for (const file of readdirSync(vectors)
    .filter((name) => name.endsWith('.frames'))
    .sort()) {
    const bytes = readFileSync(join(vectors, file))
    const kind = /^(?:msgpack|json)/.exec(file)?.[0] ?? 'pickle'
    let count = 0
    for (let start = 0; start < bytes.length && count < 60; count += 1) {
      const end = start + 4 + bytes.readUInt32LE(start)
      const frame = new Uint8Array(bytes.subarray(start + 4, end))
      corpus.frame.push(frame)
      corpus[kind].push(frame.slice(frame.indexOf(0x20, frame.indexOf(0x20) + 1) + 1))
      start = end
    }
  }
  const python = at('.venv/bin/python')
  if (existsSync(python))
    for (const kind of ['pickle', 'msgpack', 'json']) addRandom(corpus, kind, python)
  return corpus
}

function addRandom(corpus, serializer, python) {
  const { status, stdout, stderr } = spawnSync(
    python,
    [at('test/fixtures/decode/random_cases.py')],
    {
      input: JSON.stringify({ seed: 'fuzz', count: 400, serializer, plain: false }),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      // the order of sets
      env: { ...process.env, PYTHONHASHSEED: '0' },
    },
  )
  if (status !== 0) throw new Error(stderr)
  for (const line of stdout.trimEnd().split('\n')) {
    corpus[serializer].push(new Uint8Array(Buffer.from(JSON.parse(line).payload, 'base64')))
  }
}

/** Runs the inputs from one index to before another; what hangs or exhausts memory is a failure of one input. */
async function runChunk(file, corpus, from, to) {
  const progress = new SharedArrayBuffer(4)
  const begun = new Int32Array(progress)
  const worker = new Worker(file, {
    workerData: { seed: given.seed, corpus, from, to, progress },
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  })
  let [seen, since] = [0, Date.now()]
  let hung = false
  const watchdog = setInterval(() => {
    const now = Atomics.load(begun, 0)
    if (now !== seen) [seen, since] = [now, Date.now()]
    else if (Date.now() - since > longest) {
      hung = true
      void worker.terminate()
    }
  }, 500)
  try {
    return await new Promise((resolve, reject) => {
      let result
      worker.on('message', (message) => (result = message))
      worker.on('error', reject)
      worker.on('exit', () =>
        result ? resolve(result) : reject(new Error(hung ? 'it hangs' : 'the thread ended')),
      )
    })
  } catch (error) {
    const index = from + Atomics.load(begun, 0) - 1
    return { done: index + 1, failed: [{ index, why: String(error), target: '', payload: '' }] }
  } finally {
    clearInterval(watchdog)
  }
}

function greater(one, other) {
  return other !== undefined && other.value > one.value ? other : one
}

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
const total = { outcomes: {}, slowest: { value: 0 }, largest: { value: 0 }, failed: [], rss: 0 }
const began = Date.now()
let done = first
try {
  const file = join(folder, 'worker.mjs')
  await build({
    entryPoints: [at('test/fuzz/worker.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile: file,
    logLevel: 'error',
  })
  const corpus = gatherCorpus()
  const end = first + inputs
  let told = 0
  while (done < end && total.failed.length < mostFailures) {
    const to = Math.min(end, done + chunk)
    const result = await runChunk(file, corpus, done, to)
    for (const [key, count] of Object.entries(result.outcomes ?? {})) {
      total.outcomes[key] = (total.outcomes[key] ?? 0) + count
    }
    total.slowest = greater(total.slowest, result.slowest)
    total.largest = greater(total.largest, result.largest)
    total.rss = Math.max(total.rss, process.memoryUsage.rss())
    for (const failure of result.failed) {
      total.failed.push(failure)
      process.stderr.write(
        `input ${failure.index} (${failure.target}): ${failure.why}\n${failure.payload}\n`,
      )
    }
    done = result.done
    if (Date.now() - told > 10_000 || done >= end) {
      told = Date.now()
      const seconds = (told - began) / 1000
      const rate = Math.round((done - first) / seconds)
      process.stderr.write(
        `${done - first} of ${inputs} inputs, ${rate} a second, ${total.failed.length} failed\n`,
      )
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const summary = {
  inputs: done - first,
  seed: given.seed,
  seconds: Math.round((Date.now() - began) / 1000),
  failed: total.failed.length,
  slowest: total.slowest,
  largest: total.largest,
  rss: total.rss,
  outcomes: Object.fromEntries(Object.entries(total.outcomes).sort()),
}
if (given.json) console.log(JSON.stringify(summary))
else {
  const { slowest, largest } = summary
  console.log(
    `${summary.inputs} inputs of seed "${summary.seed}" in ${summary.seconds} s, ${summary.failed} failed`,
  )
  console.log(
    `slowest: ${slowest.value.toFixed(1)} ms, input ${slowest.index} of ${slowest.bytes} bytes`,
  )
  console.log(
    `most memory: ${(largest.value / 2 ** 20).toFixed(1)} MiB more, input ${largest.index} of ${largest.bytes} bytes`,
  )
  console.log(`the process: at most ${Math.round(summary.rss / 2 ** 20)} MiB`)
  for (const [key, count] of Object.entries(summary.outcomes)) console.log(`${key}: ${count}`)
}
process.exitCode = summary.failed > 0 ? 1 : 0
