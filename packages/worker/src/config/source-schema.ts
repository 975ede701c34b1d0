import { z } from 'zod'

import { kafkaSource } from './kafka-schema.js'
import { path } from './path-schema.js'

/** Documents over 0MQ, from a proxy. */
export const zmqSource = z.strictObject({
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

/** Where documents come from: each kind of source has its own keys. */
export const source = z.discriminatedUnion('kind', [zmqSource, kafkaSource], {
  error: 'must be 0mq or kafka',
})
