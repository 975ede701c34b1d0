import { readFile } from 'node:fs/promises'

import {
  compileRules,
  type CompiledRule,
  type DocumentName,
  type EntryPreview,
  explain as explainRule,
  fromLosslessJson,
  previewEntry,
  Run,
  toLosslessJson,
} from '@prompt-papermill/core'

import { runFromTiled } from '../catch-up/run-from-tiled.js'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load.js'
import { withLedger } from '../ledger/open-reader.js'
import { loadActions } from '../rules/load-actions.js'
import { makeRules } from '../rules/make-rules.js'
import { findRun } from '../operations/find.js'
import { CommandError } from './command-error.js'
import { explanationText } from './explanation-text.js'
import type { ExplainedJob, ExplainedRule } from './explained.js'

/** Options of `explain`. */
export interface ExplainOptions {
  readonly config: string
  readonly start?: string
  readonly stop?: string
  readonly uid?: string
  readonly json?: boolean
}

/** `prompt-papermill explain`: which rules match and why, and what would run. */
export async function explain(options: ExplainOptions): Promise<number> {
  const config = await loadConfig(options.config)
  const run = await runOf(options, config)
  const rules = compileRules(makeRules(config, await loadActions(config)))
  const explained = await Promise.all(rules.map((rule) => explainedRule(rule, run)))
  process.stdout.write(
    options.json
      ? `${toLosslessJson({ uid: run.uid, rules: explained })}\n`
      : explanationText(run, explained, config.templates),
  )
  return 0
}

async function runOf(options: ExplainOptions, { state, tiled }: Config): Promise<Run> {
  if ((options.uid === undefined) === (options.start === undefined)) {
    throw new CommandError('give either --start FILE (and --stop FILE), or --uid UID', 2)
  }
  if (options.uid !== undefined) {
    const { uid } = options
    const known = await withLedger(state, (ledger) => findRun(ledger, uid))
    const run = known && Run.fromRecord(known.run)
    if (run?.started) return run
    const elsewhere = tiled && (await runFromTiled(tiled, uid))
    if (elsewhere) return elsewhere.run
    const why = run
      ? `the Run Start of ${uid} did not come, so that no rule can be asked about it`
      : `the ledger of ${state} has no run ${uid}`
    const also = tiled ? `, and ${tiled.url} does not have it either` : ''
    throw new CommandError(
      `${why}${also}; \`prompt-papermill runs\` lists those that there are; for another, give its Run Start with --start FILE`,
    )
  }
  const start = await documentIn(options.start as string, 'start')
  if (typeof start.uid !== 'string') {
    throw new CommandError(`${options.start} has no \`uid\`; it should hold a Run Start`)
  }
  const run = new Run(start.uid)
  run.add({ name: 'start', doc: { time: 0, ...start, uid: start.uid } })
  if (options.stop !== undefined) {
    const stop = await documentIn(options.stop, 'stop')
    run.add({
      name: 'stop',
      doc: { uid: '', time: 0, exit_status: 'success', ...stop, run_start: run.uid },
    })
  }
  return run
}

/** The document in a JSON file, bare or as a line of a recording. */
async function documentIn(file: string, name: DocumentName): Promise<Record<string, unknown>> {
  let value: unknown
  try {
    value = fromLosslessJson(await readFile(file, 'utf8'))
  } catch (error) {
    throw new CommandError(`${file} can't be read as JSON: ${(error as Error).message}`)
  }
  if (Array.isArray(value) && value[0] === name) value = value[1]
  else if (isObject(value) && value.name === name && isObject(value.doc)) value = value.doc
  if (isObject(value)) return value
  throw new CommandError(`${file} should hold one JSON object, the run's ${name} document`)
}

async function explainedRule(rule: CompiledRule, run: Run): Promise<ExplainedRule> {
  const explanation = explainRule(rule, run)
  if (explanation.matched === false) return { ...explanation, jobs: [] }
  const entries = await rule.entriesOf(run)
  return {
    ...explanation,
    jobs: entries.map((entry) => explainedJob(previewEntry(run, rule.rule, entry))),
  }
}

function explainedJob({ decided, ...preview }: EntryPreview): ExplainedJob {
  return {
    ...preview,
    state: decided?.state ?? 'queued',
    reason: decided?.reason ?? null,
    message: decided?.message ?? null,
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
