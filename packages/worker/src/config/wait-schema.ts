import { z } from 'zod'

import { path } from './path-schema.js'
import { factor } from './retry-schema.js'
import { duration } from './units.js'

/** Between two looks; less would do nothing but look. */
const pause = duration.refine((ms) => ms >= 100, { error: 'must be at least 100ms' })

const schedule = {
  every: pause.optional().describe('The first pause between two looks. Default 1s.'),
  factor: factor.optional().describe('By how much each further pause is longer. Default 2.'),
  longest: pause.optional().describe('The longest pause. Default 30s.'),
  limit: duration
    .optional()
    .describe('Time after which the job is skipped (data-not-ready). Default 5m.'),
}

const condition = {
  file: path
    .optional()
    .describe('A file, or a pattern with * and ?, that is there and has stopped growing.'),
  stable: duration
    .optional()
    .describe('For how long a file must not have grown. Default 2s; 0s: it only has to be there.'),
  count: z
    .union([z.int().min(1), z.string()])
    .optional()
    .describe('How many files must match, or $start.… with that number. Default 1.'),
  http: z.string().optional().describe('A URL that answers 2xx.'),
  headers: z.record(z.string(), z.string()).optional().describe('Sent with the request.'),
  command: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('A program with its arguments, without a shell, that exits with 0.'),
  env: z
    .record(z.string().regex(/^\w+$/u), z.string())
    .optional()
    .describe("The program's environment, besides the worker's."),
  timeout: duration
    .optional()
    .describe('Time for one request, or one run of the program. Default 10s.'),
  tiled: z
    .literal(true)
    .optional()
    .describe("The run's Run Stop can be read from the data server under `tiled`."),
  fallback: z
    .enum(['documents', 'skip'])
    .optional()
    .describe(
      "What comes of a run that is not in the data server at the limit: `documents` runs the notebook with the run's own, `skip` skips it. Default: documents, if the entry has `documents: true`.",
    ),
}

/** What a rule or an entry waits for before its jobs run. */
export const wait = z.union([
  z.literal('tiled').describe('The same as { tiled: true }.'),
  z.strictObject({
    ...condition,
    all: z.array(z.strictObject(condition)).min(1).optional().describe('Several of these.'),
    ...schedule,
  }),
])

/** How often and how long jobs wait for data, where their rule says nothing else. */
export const waiting = z
  .strictObject({
    roots: z
      .array(path)
      .optional()
      .describe('Folders in which files lie whose path begins with a value of the run.'),
    ...schedule,
  })
  .describe('How often and how long jobs wait for data, where their rule says nothing else.')
