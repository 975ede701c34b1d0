import { z } from 'zod'

import { stateNames } from './state-names.js'

const text = z.string().min(1).max(500)
const time = z.string().refine((given) => !Number.isNaN(Date.parse(given)), {
  error: 'must be a time such as 2026-11-23T19:30:00Z',
})

/** Which jobs are meant: all that have this in common. */
export const selection = z.strictObject({
  rule: text.optional(),
  entry: text.optional(),
  plan_name: text.optional(),
  scan_id: text.optional(),
  sample: text.optional(),
  state: z.union([z.enum(stateNames), z.array(z.enum(stateNames)).min(1)]).optional(),
  reason: text.optional(),
  since: time.optional(),
  until: time.optional(),
})

/** Cancels a job that has not ended. */
export const cancelRequest = z.strictObject({
  message: text.optional().describe('Why; it becomes the job’s message.'),
})

/** Attempts jobs once more: one, those of a run, or all of a selection. */
export const rerunRequest = z
  .strictObject({
    target: text.optional().describe('A job’s id or a run’s uid, or as much of it as is unique.'),
    where: selection.optional(),
    rules: z.boolean().default(false).describe('Decide anew with the rules now in force.'),
    priority: z.int().min(-1000).max(1000).optional(),
    dry_run: z.boolean().default(false).describe('Only say which jobs that would be.'),
    wait: z.boolean().default(false).describe('Answer when they have ended.'),
  })
  .refine(({ target, where }) => (target === undefined) !== (where === undefined), {
    error: 'give either `target` or `where`',
  })
  .refine(({ where }) => !where || Object.values(where).some((value) => value !== undefined), {
    error: '`where` says nothing, which would be all jobs; give at least one condition',
  })

/** Which jobs are meant. */
export type Selection = z.output<typeof selection>

/** See {@link cancelRequest}. */
export type CancelRequest = z.output<typeof cancelRequest>

/** See {@link rerunRequest}. */
export type RerunRequest = z.output<typeof rerunRequest>
