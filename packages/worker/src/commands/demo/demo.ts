import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { listArtifacts } from '@prompt-papermill/core'

import { loadConfig } from '../../config/load.js'
import { oneLine } from '../../log/escape.js'
import { CommandError } from '../command-error.js'
import { checkPython } from '../check/python.js'
import { writeDeployment } from '../init/deployment.js'
import { checkJob, type ReportedRun } from './check-results.js'
import { freePort } from './free-port.js'
import { type FinishedRun, followRuns } from './follow-runs.js'
import { type Program, startProxy, startRunEngine, startWorker } from './programs.js'
import { type DemoRun, reportText } from './report.js'

/** Options of `demo`. */
export interface DemoOptions {
  readonly python: string
  readonly keep?: string
  readonly json?: boolean
}

/**
 * `prompt-papermill demo`: the main job on this machine, with the real programs; 1 if anything that it shows
 * is not so.
 */
export async function demo(options: DemoOptions): Promise<number> {
  const python = options.python.includes('/') ? resolve(options.python) : options.python
  const dir =
    options.keep === undefined
      ? await mkdtemp(join(tmpdir(), 'prompt-papermill-demo-'))
      : resolve(options.keep)
  await step('looking at Python', async () => {
    const { results, facts } = await checkPython(python)
    const failure = results.find(({ verdict }) => verdict === 'fail')
    if (failure) throw new CommandError(`${failure.subject}: ${failure.message}`)
    return `Python ${facts?.version}, papermill ${facts?.papermill}`
  })
  const ports = { in: await freePort(), out: await freePort() }
  const config = await step('writing a deployment', async () => {
    const made = await writeDemoDeployment(dir, python, ports.out)
    return { ...made, toString: () => dir }
  })
  const logs = join(dir, 'log')
  const programs: Program[] = []
  try {
    programs.push(await step('starting bluesky-0MQ-proxy', () => startProxy(python, logs, ports)))
    programs.push(
      await step('starting the worker', () => startWorker(config.file, config.state, logs)),
    )
    const engine = startRunEngine(python, logs, ports.in)
    programs.push(engine)
    const reported = await step('running six plans with a RunEngine', () => runsOf(engine))
    const finished = await step('waiting for the notebooks', () =>
      followRuns(reported, config, (line) => say(`    ${line}`)),
    )
    return await conclude(finished, dir, options.json ?? false)
  } finally {
    for (const program of programs.reverse()) await program.end()
  }
}

async function writeDemoDeployment(
  dir: string,
  python: string,
  port: number,
): Promise<{ file: string; state: string; templates: string }> {
  await writeDeployment({ dir, prefix: dir })
  await mkdir(join(dir, 'log'), { recursive: true })
  const file = join(dir, 'papermill', 'worker.yml')
  const written = await readFile(file, 'utf8')
  await writeFile(
    file,
    `${written
      .replace('localhost:5578', `127.0.0.1:${port}`)
      .replace(/^python: .*$/mu, `python: ${python}`)}\nhttp: false\n`,
  )
  const { state, templates } = await loadConfig(file)
  return { file, state, templates }
}

async function runsOf(engine: Program): Promise<ReportedRun[] & { toString(): string }> {
  const { exitCode, stdout } = await engine.ended
  if (exitCode !== 0) {
    throw new CommandError(`the RunEngine ended with ${exitCode}; see ${engine.log}`)
  }
  const runs = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ReportedRun)
  return Object.assign(runs, { toString: () => `${runs.length} runs` })
}

async function conclude(
  finished: readonly FinishedRun[],
  dir: string,
  json: boolean,
): Promise<number> {
  const runs: DemoRun[] = await Promise.all(
    finished.map(async (run) => ({
      ...run,
      proofs: [
        ...run.proofs,
        ...(await Promise.all(run.jobs.map((job) => checkJob(run.reported, job)))).flat(),
      ],
    })),
  )
  if (json)
    process.stdout.write(`${JSON.stringify({ runs: await Promise.all(runs.map(jsonOf)) })}\n`)
  else process.stdout.write(reportText(runs, dir))
  const problems = runs.flatMap(({ proofs }) => proofs.filter(({ problem }) => problem !== null))
  for (const { claim, problem } of problems) say(`NOT SO: ${claim}: ${problem}`)
  if (problems.length > 0) say(`${problems.length} of the demo's claims do not hold; see ${dir}`)
  return problems.length > 0 ? 1 : 0
}

async function jsonOf({ reported, jobs }: DemoRun): Promise<object> {
  return {
    uid: reported.uid,
    plan_name: reported.plan_name,
    exit_status: reported.exit_status,
    jobs: await Promise.all(
      jobs.map(async ({ state, reason, rule, entry, results_dir: folder }) => ({
        state,
        reason,
        rule,
        entry,
        results_dir: folder,
        artifacts:
          folder === null
            ? []
            : (await listArtifacts(folder)).artifacts.map(({ name, size }) => ({ name, size })),
      })),
    ),
  }
}

/** Says what goes on, how it went, and how long it took. */
async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now()
  say(`${what} …`)
  const result = await work()
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  const shown =
    typeof result === 'string' || Object.hasOwn(result as object, 'toString')
      ? `: ${String(result)}`
      : ''
  say(`    done in ${seconds} s${shown}`)
  return result
}

function say(line: string): void {
  process.stderr.write(`${oneLine(line)}\n`)
}
