import { z } from 'zod'

import { duration } from './units.js'

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u, {
  error: 'must be a time of day in quotes, such as "08:00"',
})

/** When it is alarming that nothing comes. */
export const alarm = z.strictObject({
  silence: duration
    .refine((milliseconds) => milliseconds > 0, { error: 'must be longer than nothing' })
    .describe('After how long without any document there is an alarm.'),
  days: z
    .array(z.enum(days))
    .min(1)
    .optional()
    .describe('Days on which silence counts. Default: every day.'),
  from: timeOfDay.optional().describe("From when on, by the machine's clock. Default 00:00."),
  to: timeOfDay
    .optional()
    .describe(
      'Until when; before `from`: until then on the next day. Default: the end of the day.',
    ),
})

/** The alarm as a person writes it, durations in milliseconds. */
export type AlarmGiven = z.output<typeof alarm>
