import { z } from 'zod'

import { path } from './path-schema.js'
import { retry } from './retry-schema.js'
import { duration, size } from './units.js'
import { wait } from './wait-schema.js'

/** A name that is shown, used in file names, and typed by people. */
const name = z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_.\-+ ]{0,99}$/u, {
  error: 'must be a name of letters, digits, spaces and _ . - +',
})
const query = z.record(z.string(), z.unknown())
const parameters = z.record(z.string(), z.unknown())

/** The command that starts a Python, by words. */
export const launcher = z.array(
  z.string().min(1, { error: 'must be a word of the command, not an empty text' }),
  { error: 'must be a list of words, such as [srun, --ntasks=1]; no shell reads them' },
)

const secrets = z.record(
  z.string().regex(/^[A-Za-z_]\w*$/u, { error: 'must be the name of an environment variable' }),
  z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' }),
)

/** What a notebook may use. */
export const limits = z.strictObject({
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

/** When to act, and what to do then: a rule with its entries. */
export const rule = z.strictObject({
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
