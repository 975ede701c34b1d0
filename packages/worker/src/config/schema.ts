import { z } from 'zod'

import { alarm } from './alarm-schema.js'
import { kafkaSource } from './kafka-schema.js'
import { httpSchema } from './http-schema.js'
import { queue } from './queue-schema.js'
import { retry } from './retry-schema.js'
import { tiled } from './tiled-schema.js'
import { duration, size } from './units.js'
import { wait, waiting } from './wait-schema.js'
import { webhooks } from './webhook-schema.js'

/** A name that is shown, used in file names, and typed by people. */
const name = z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_.\-+ ]{0,99}$/u, {
  error: 'must be a name of letters, digits, spaces and _ . - +',
})
const path = z.string().min(1, { error: 'must be a path' })
const query = z.record(z.string(), z.unknown())
const parameters = z.record(z.string(), z.unknown())

const launcher = z.array(
  z.string().min(1, { error: 'must be a word of the command, not an empty text' }),
  { error: 'must be a list of words, such as [srun, --ntasks=1]; no shell reads them' },
)

const secrets = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/u, { error: 'must be the name of an environment variable' }),
  z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' }),
)

const limits = z.strictObject({
  notebook: duration.optional().describe('Time for the whole notebook. Default 30m.'),
  cell: duration.optional().describe('Time for one cell. Default 10m.'),
  memory: size.optional().describe('Memory of the kernel with its children. Default 4GiB.'),
  output: size.optional().describe('Output that is kept of a notebook. Default 50MiB.'),
  launch: duration
    .optional()
    .describe(
      "Time until a launcher has started Python, as in a batch system's queue. Default 1h.",
    ),
})

const zmqSource = z.strictObject({
  kind: z.literal('0mq').optional().describe('0MQ, which is the default.'),
  address: z
    .string()
    .default('localhost:5578')
    .describe("The proxy's out address: host:port, tcp://host:port or ipc:///path."),
  prefix: z
    .string()
    .regex(/^[^ ]*$/u, { error: 'must have no space' })
    .default('')
    .describe('The prefix of the frames, exactly.'),
  decoder: z
    .enum(['auto', 'pickle', 'msgpack', 'json'])
    .default('auto')
    .describe('How the payloads are serialized.'),
  validate: z
    .enum(['warn', 'drop', 'off'])
    .default('warn')
    .describe("What to do with a document that breaks event-model's schema."),
  backlog: z
    .int()
    .min(1)
    .default(200_000)
    .describe('Frames held while the worker is busy; overflow shows as gaps.'),
  enums: z
    .array(z.string())
    .default([])
    .describe('Classes, as module.Class, whose pickled instance stands for its one argument.'),
  curve: z
    .strictObject({
      secret: path.describe("The worker's own .key_secret file."),
      server: path.describe("The proxy's .key file."),
    })
    .optional()
    .describe('Encryption and authentication, with pyzmq certificate files.'),
})

const source = z.discriminatedUnion('kind', [zmqSource, kafkaSource], {
  error: 'must be 0mq or kafka',
})

const notebook = z.strictObject({
  template: path.describe('The notebook, below `templates`.'),
  name: name.optional().describe("Unique in its rule. Default: the template's stem."),
  parameters: parameters
    .optional()
    .describe('Values, or $start.… $stop.… $run.… to take them from the run.'),
  documents: z
    .boolean()
    .optional()
    .describe(
      "Whether the notebook gets `documents`, a JSONL file with all of the run's documents.",
    ),
  python: path.optional().describe('Another Python than the one above.'),
  kernel: z.string().optional().describe("A kernel's name, in place of the notebook's own."),
  launcher: launcher.optional().describe('In place of the one above; [] for none.'),
  secrets: secrets
    .optional()
    .describe(
      "Environment variables for the kernel alone, by name, with values from the worker's environment. They are in no file, ledger or log.",
    ),
  html: z.boolean().optional().describe('Whether the executed notebook is exported as HTML too.'),
  limits: limits.optional(),
  retry: retry.optional(),
  wait: wait.optional().describe('What it waits for, in place of what its rule waits for.'),
})

const action = z.strictObject({
  use: z.string().describe('The name of an action under `actions`.'),
  name: name.optional().describe("Unique in its rule. Default: the action's name."),
  parameters: parameters.optional(),
  documents: z.boolean().optional(),
  retry: retry.optional(),
  wait: wait.optional().describe('What it waits for, in place of what its rule waits for.'),
})

const rule = z.strictObject({
  name: name.describe('Unique among the rules.'),
  when: query.describe('A MongoDB-style query on the Run Start; stop. and run. reach the rest.'),
  priority: z
    .int()
    .min(-1000)
    .max(1000)
    .optional()
    .describe('Whose jobs go first where several are queued: the higher. Default 0.'),
  concurrency: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe('Jobs of this rule at once. Default: as many as the queue allows.'),
  wait: wait.optional().describe('What its jobs wait for before they run.'),
  notebooks: z.array(notebook).optional(),
  actions: z.array(action).optional(),
})

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
