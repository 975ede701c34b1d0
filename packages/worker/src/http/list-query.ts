import { z } from 'zod'

const text = z.string().min(1).max(500).optional()
const time = z
  .string()
  .refine((given) => !Number.isNaN(Date.parse(given)), {
    error: 'must be a time such as 2026-11-23T19:30:00Z',
  })
  .optional()
const states = z.union([z.string(), z.array(z.string()).max(10)]).optional()

const paging = {
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  after: text,
  order: z.enum(['newest', 'oldest']).optional(),
}

const ofRun = {
  uid: text,
  plan_name: text,
  scan_id: text,
  sample: text,
  since: time,
  until: time,
  text,
}

/** What may be asked of jobs, as it comes in a URL. */
export const jobQuery = z.strictObject({
  ...ofRun,
  ...paging,
  id: text,
  state: states,
  reason: text,
  rule: text,
  entry: text,
})

/** What may be asked of runs, as it comes in a URL. */
export const runQuery = z.strictObject({
  ...ofRun,
  ...paging,
  exit_status: text,
  open: z
    .enum(['true', 'false'])
    .transform((given) => given === 'true')
    .optional(),
  state: states,
  rule: text,
})
