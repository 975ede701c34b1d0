import { z } from 'zod'

import { duration } from './units.js'

/** Why an attempt can fail. */
export const reasons = [
  'cell-error',
  'kernel-died',
  'timed-out',
  'out-of-memory',
  'not-started',
  'interrupted',
] as const

/** By how much a pause is longer than the one before. */
export const factor = z.number().min(1).max(10)

const schedule = {
  attempts: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe('All automatic attempts together, the first included. Default 2.'),
  delay: duration.optional().describe('Time to wait before the second attempt. Default 10s.'),
  factor: factor.optional().describe('By how much each further wait is longer. Default 1.'),
  longest: duration.optional().describe('The longest wait. Default 1h.'),
}

/** When a failed attempt is tried again. */
export const retry = z.strictObject({
  ...schedule,
  on: z
    .union([z.array(z.enum(reasons)), z.partialRecord(z.enum(reasons), z.strictObject(schedule))])
    .optional()
    .describe(
      'The reasons for which a failed attempt is tried again, as a list, or each with what is otherwise for it. Default [kernel-died].',
    ),
})
