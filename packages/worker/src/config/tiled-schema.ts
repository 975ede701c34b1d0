import { z } from 'zod'

import { duration } from './units.js'

const second = duration.refine((ms) => ms >= 1000, { error: 'must be at least 1s' })

/** Where the data server is, and how the worker catches up with it. */
export const tiled = z.strictObject({
  url: z
    .string()
    .regex(/^https?:\/\//u, { error: 'must be an address such as http://localhost:8000' })
    .describe("The Tiled server's address, such as http://localhost:8000."),
  path: z
    .string()
    .default('raw')
    .describe("Where its catalog of bluesky's runs is, in the server's tree."),
  key: z
    .string()
    .min(1, { error: 'must not be empty' })
    .optional()
    .describe(
      'An API key, from a variable of the environment. Default: none, where anyone may read.',
    ),
  every: z
    .union([z.literal(false), second])
    .default(60_000)
    .describe(
      'How often it is looked for runs that were missed, besides at the start and when something was lost; false: never. Default 1m.',
    ),
  since: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), {
      error: 'must be a time such as 2026-11-23 or 2026-11-23T19:30:00Z',
    })
    .optional()
    .describe(
      'From when on runs count as missed where the ledger knows of no catching up yet. Default: from the first start.',
    ),
  settle: duration
    .default(10_000)
    .describe('Time that a run which has stopped gets to come by itself. Default 10s.'),
  overlap: duration
    .default(3_600_000)
    .describe(
      'How far it is looked back each time, since runs get to the server late. Default 1h.',
    ),
  timeout: second.default(30_000).describe('Time for one request. Default 30s.'),
})
