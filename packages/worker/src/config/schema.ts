import { z } from 'zod'

import { alarm } from './alarm-schema.js'
import { httpSchema } from './http-schema.js'
import { path } from './path-schema.js'
import { queue } from './queue-schema.js'
import { retry } from './retry-schema.js'
import { launcher, limits, rule } from './rule-schema.js'
import { source } from './source-schema.js'
import { tiled } from './tiled-schema.js'
import { duration } from './units.js'
import { waiting } from './wait-schema.js'
import { webhooks } from './webhook-schema.js'

const retention = z.strictObject({
  attempts: duration
    .optional()
    .describe("Folders of attempts that ended so long ago, but for each job's newest one."),
  documents: duration.optional().describe('Spooled documents of runs that came so long ago.'),
  rows: duration
    .optional()
    .describe('What the ledger knows of runs all of whose jobs ended so long ago.'),
})

/**
 * The config file's schema, of [zod](https://zod.dev): what a person may write. An unknown key is an error. For checking
 * a config before anything is made of it; {@link loadConfig} does the rest.
 *
 * @example
 * ```ts
 * import { configSchema } from '@prompt-papermill/worker'
 *
 * const { success } = configSchema.safeParse({ templates: 'notebooks', resluts: 'results' })
 * console.log(success) // false
 * ```
 */
export const configSchema = z.strictObject({
  source: source.optional().describe('Where the documents come from.'),
  sources: z.array(source).min(1).optional().describe('Several of them, in place of `source`.'),
  tiled: tiled.optional().describe('The data server, for the runs that were missed.'),
  runs: z
    .strictObject({
      maxOpen: z
        .int()
        .min(1)
        .max(100_000)
        .optional()
        .describe(
          'Runs that may be open at once; beyond it the one silent for the longest time is given up. Default 1000.',
        ),
      maxIdle: duration
        .refine((milliseconds) => milliseconds > 0, { error: 'must be longer than nothing' })
        .optional()
        .describe(
          'Time after which an open run is given up of which nothing comes. Default 7d, longer than a pause over a weekend.',
        ),
    })
    .optional()
    .describe('How the runs are bounded that never stop.'),
  templates: path.describe('The folder with the notebooks.'),
  results: z
    .union([
      path,
      z.strictObject({
        root: path.describe('The folder that holds all results.'),
        pattern: z
          .string()
          .optional()
          .describe("Each run's folder below it. Default {plan_name}/{date}/{scan_id}_{uid8}."),
        umask: z
          .string()
          .regex(/^0?[0-7]{3}$/u, { error: 'must be three octal digits in quotes, such as "027"' })
          .optional()
          .describe('Permission bits that folders and files do not get.'),
        group: z
          .union([z.string(), z.int()])
          .optional()
          .describe('The group of the folders, by name or number.'),
      }),
    ])
    .describe('The folder that holds all results, or more about it.'),
  state: path
    .optional()
    .describe('Ledger, spooled documents, control socket. Default: `state` beside the results.'),
  python: path.default('python3').describe('The Python with papermill.'),
  launcher: launcher
    .optional()
    .describe('The command that starts the Python, such as [srun, --ntasks=1]. Default: none.'),
  queue: queue.describe('How jobs are queued, and who performs them.'),
  kernels: z
    .strictObject({
      warm: z
        .int()
        .min(0)
        .max(64)
        .optional()
        .describe(
          'Kernels that wait, ready, for each Python. Default 1; with 0 each job starts its own.',
        ),
      preload: z
        .array(z.string().regex(/^\w+(\.\w+)*$/, 'must be the name of a module'))
        .optional()
        .describe('Modules to import into them. Default numpy and matplotlib.pyplot.'),
      fork: z
        .boolean()
        .optional()
        .describe(
          'Whether kernels are forked from a process that has imported the modules once: there in a tenth of the time, for modules that survive it. Linux only. Default false.',
        ),
    })
    .optional(),
  limits: limits.optional(),
  retry: retry.optional(),
  wait: waiting.optional(),
  retention: retention.optional().describe('What is removed by and by. Default: nothing, ever.'),
  shutdown: z
    .strictObject({
      grace: duration.optional().describe('Time for what runs to finish on SIGTERM. Default 30s.'),
    })
    .optional(),
  http: httpSchema,
  actions: z
    .record(z.string(), path)
    .default({})
    .describe('Modules whose default export is an Action, by the name under which rules use them.'),
  alarm: alarm.optional().describe('When it is alarming that no document comes. Default: never.'),
  webhooks: webhooks
    .optional()
    .describe('Who is told over HTTP how jobs end, and of the alarm. Default: nobody.'),
  rules: z.array(rule).optional().describe('What to run when. Without any: plan P runs P.ipynb.'),
})

/** The config as a person writes it. */
export type ConfigGiven = z.input<typeof configSchema>

/** The config with the schema's defaults filled in, durations in milliseconds and sizes in bytes. */
export type ConfigWithDefaults = z.output<typeof configSchema>
