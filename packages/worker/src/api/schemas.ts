/**
 * What the API answers with, as schemas: the OpenAPI document is made of them, and the page's types. Nothing here
 * needs Node.
 */
import { z } from 'zod'

const time = z.string().describe('ISO 8601, UTC.')
const text = z.string()
/** What JSON can say; long texts, lists and dicts are cut, and say so. */
const brief = z.unknown().describe('JSON; long texts, lists and objects are cut.')
const object = z.record(z.string(), z.unknown())
const scanId = z.union([z.number(), z.string()]).nullable()

export const failure = z.strictObject({ error: text.describe('What is wrong, and what to do.') })

export const progress = z
  .object({
    step: z.int().describe('The cell that has started or finished, from 1; 0 before the first.'),
    of: z.int().describe('How many there are; 0 while that is not known.'),
    event: z.enum(['waiting', 'started', 'finished']),
    message: text.optional(),
    seconds: z.number().optional(),
    usualSeconds: z.number().optional(),
    remainingSeconds: z.number().optional(),
  })
  .describe('How far an attempt that runs has come, in cells.')

export const evidence = z
  .object({
    cell: z.int().optional().describe('The failing cell, from 1.'),
    ename: text.optional(),
    evalue: text.optional(),
    traceback: text.optional(),
    signal: text.optional(),
    exitCode: z.int().optional(),
    limit: text.optional(),
  })
  .describe('What explains a failure.')

export const job = z.object({
  id: text,
  uid: text.describe("The run's."),
  plan_name: text.nullable(),
  scan_id: scanId,
  sample: text.nullable(),
  rule: text,
  entry: text,
  action: text,
  template: text.nullable(),
  state: text.describe(
    'queued, waiting, running, succeeded, no-data, skipped, failed or cancelled.',
  ),
  reason: text.nullable(),
  message: text.nullable(),
  attempt: z.int().describe('The latest one; 0 before the first.'),
  results_dir: text.nullable(),
  queued_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  progress: progress.nullable(),
})

export const run = z.object({
  uid: text,
  plan_name: text.nullable(),
  scan_id: scanId,
  sample: text.nullable(),
  exit_status: text.nullable().describe('success, abort or fail; null while the run is open.'),
  complete: z.boolean().describe('Whether all of it was received.'),
  documents: z.int(),
  started_at: time.nullable(),
  stopped_at: time.nullable(),
  jobs: z.array(job),
})

export const attempt = z.object({
  job: text,
  attempt: z.int(),
  state: text,
  reason: text.nullable(),
  message: text.nullable(),
  evidence: evidence.nullable(),
  results_dir: text.nullable(),
  started_at: time,
  finished_at: time.nullable(),
})

const clause = z
  .object({
    clause: brief,
    matched: z.boolean().nullable(),
    found: brief,
    get clauses() {
      return z.array(clause).optional()
    },
  })
  .meta({ id: 'Clause' })

export const explanation = z.object({
  rule: text,
  matched: z.boolean().nullable().describe('Null: it depends on the Run Stop, which has not come.'),
  clauses: z.array(clause),
})

export const jobDetail = job.extend({
  parameters: object.describe('What the job was made with; long values are cut.'),
  attempts: z.array(attempt),
})

export const runDetail = run.omit({ jobs: true }).extend({
  start: object.nullable(),
  stop: object.nullable(),
  streams: z.array(
    z.object({ name: text, keys: z.array(text), events: z.number().describe('Received.') }),
  ),
  gaps: z.array(z.unknown()).describe('Events that did not come.'),
  rules: z.array(explanation).describe('Why each rule did or did not match.'),
  decided: z.boolean().describe('Whether that was decided; else it is how it looks now.'),
  jobs: z.array(jobDetail),
})

export const file = z.object({
  name: text.describe("Below the attempt's folder, with /."),
  size: z.number().describe('Bytes.'),
  url: text,
})

export const figure = z.object({
  title: text.describe("The file's name, or the cell it is from."),
  url: text.describe('Changes when the figure does.'),
})

export const figureList = z.object({ figures: z.array(figure) })

export const attemptDetail = attempt.extend({
  files: z.array(file),
  files_truncated: z.boolean(),
  figures: z.array(figure),
  notebook: text.nullable().describe('Where it can be read, rendered; null: there is none.'),
  failing_cell: z.object({ number: z.int(), source: text }).nullable(),
  manifest: object.nullable().describe('Null until the attempt has finished.'),
})

export const act = z.object({
  at: time,
  who: text,
  what: text,
  job: text.nullable(),
  uid: text.nullable(),
  details: object.nullable(),
})

const next = text.nullable().describe('The `after` of the next page; null: there are no more.')
export const runPage = z.object({ runs: z.array(run), next })
export const jobPage = z.object({ jobs: z.array(job), next })
export const actPage = z.object({ acts: z.array(act), next })

export const about = z.object({
  version: text,
  live: z
    .boolean()
    .describe('Whether the worker itself serves this; else only its ledger is read.'),
  acting: z
    .enum(['allowed', 'token', 'off'])
    .describe('Whether the asker may act; could, with the token; or nobody can.'),
  who: text.nullable().describe('As whom; null: nobody is signed in.'),
  plans: z.array(text).describe('Plans of the newest runs, to choose from.'),
  worker: z
    .object({
      ready: z.boolean(),
      paused: z.boolean(),
      troubles: z.array(text),
      open_runs: z.int(),
    })
    .nullable(),
})

export const rerunAnswer = z.object({
  jobs: z.array(job).describe('Those that are attempted once more.'),
  left: z
    .array(z.object({ id: text, message: text }))
    .describe('Jobs and runs that were left as they are, and why.'),
})

export const paused = z.object({ who: text, at: text })
export const resumed = z.object({ paused: paused.nullable().describe('Who had paused it.') })
export const session = z.object({ who: text })
export const sessionRequest = z.strictObject({ token: z.string().min(1).max(1000) })

export type About = z.infer<typeof about>
export type Act = z.infer<typeof act>
export type AttemptDetail = z.infer<typeof attemptDetail>
export type AttemptSummary = z.infer<typeof attempt>
export type Clause = z.infer<typeof clause>
export type Evidence = z.infer<typeof evidence>
export type Explanation = z.infer<typeof explanation>
export type Figure = z.infer<typeof figure>
export type JobDetail = z.infer<typeof jobDetail>
export type JobSummary = z.infer<typeof job>
export type ProgressView = z.infer<typeof progress>
export type RunDetail = z.infer<typeof runDetail>
export type RunPage = z.infer<typeof runPage>
export type RunSummary = z.infer<typeof run>
