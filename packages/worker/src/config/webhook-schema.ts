import { z } from 'zod'

import { factor, reasons } from './retry-schema.js'
import { duration } from './units.js'

const endStates = ['succeeded', 'no-data', 'skipped', 'failed', 'cancelled'] as const
const skipReasons = ['exit-status', 'data-not-ready', 'rule'] as const

const httpUrl = z
  .string()
  .refine((given) => URL.canParse(given) && /^https?:$/u.test(new URL(given).protocol), {
    error: 'must be a URL that begins with http:// or https://',
  })

/** A key of 24 bytes or more, as Standard Webhooks has it: what receivers' libraries take as it is. */
const secret = z
  .string({ error: `must be \${VAR}, with the secret in that environment variable` })
  .refine((given) => /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/u.test(given), {
    error:
      'must be whsec_ and at least 24 random bytes in base64; make one by: echo whsec_$(openssl rand -base64 32)',
  })

/** How one message is tried again. */
const retry = z.strictObject({
  attempts: z.int().min(1).max(100).optional().describe('All tries of a message. Default 8.'),
  delay: duration.optional().describe('Time before the second try. Default 1s.'),
  factor: factor.optional().describe('By how much each further wait is longer. Default 3.'),
  longest: duration.optional().describe('The longest wait. Default 10m.'),
})

/** Somebody who is told, over HTTP, what happens. */
const webhook = z.strictObject({
  url: httpUrl.describe('Where messages are posted. Redirects are not followed.'),
  secret: secret.describe(`Signs the messages: \${VAR} with whsec_… in that environment variable.`),
  name: z
    .string()
    .regex(/^[\w.-]{1,50}$/u, { error: 'must be up to 50 letters, digits and _ . -' })
    .optional()
    .describe('For logs and metrics; unique. Default: the host of the URL.'),
  on: z
    .array(z.enum([...endStates, 'alarm']))
    .min(1)
    .optional()
    .describe('States in which a job ends, and the alarm. Default [failed, alarm].'),
  reasons: z
    .array(z.enum([...reasons, ...skipReasons]))
    .min(1)
    .optional()
    .describe('Of jobs that failed or were skipped only those for these reasons. Default: all.'),
  rules: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Only jobs of these rules. Default: all.'),
  timeout: duration
    .refine((milliseconds) => milliseconds > 0, { error: 'must be longer than nothing' })
    .optional()
    .describe('Time for an answer. Default 10s.'),
  retry: retry.optional().describe('How a message is tried again that was not taken.'),
})

/** All of them. */
export const webhooks = z.array(webhook).max(20)

/** A webhook as a person writes it, durations in milliseconds. */
export type WebhookGiven = z.output<typeof webhook>
