import { z } from 'zod'

import { path } from './path-schema.js'
import { duration } from './units.js'

/** Documents from Kafka, as bluesky-kafka publishes them. */
export const kafkaSource = z.strictObject({
  kind: z.literal('kafka').describe('Kafka, in place of 0MQ.'),
  brokers: z
    .array(z.string().regex(/^[^\s:/]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/iu, 'must be host:port'))
    .min(1, { error: 'needs at least one broker, such as localhost:9092' })
    .describe('Brokers to begin with, each host:port.'),
  topics: z
    .array(z.string().min(1, { error: 'must be the name of a topic' }))
    .min(1, { error: 'needs at least one topic, such as bl.bluesky.runengine.documents' })
    .describe('The topics with the documents.'),
  group: z
    .string()
    .min(1, { error: 'must not be empty' })
    .default('prompt-papermill')
    .describe('Workers of one group share the runs; one alone goes on where it was.'),
  from: z
    .enum(['latest', 'earliest'])
    .default('latest')
    .describe('Where a new group begins: with what comes from now on, or with all there is.'),
  decoder: z
    .enum(['msgpack', 'pickle', 'json'])
    .default('msgpack')
    .describe('How the messages are serialized.'),
  validate: z
    .enum(['warn', 'drop', 'off'])
    .default('warn')
    .describe("What to do with a document that breaks event-model's schema."),
  enums: z
    .array(z.string())
    .default([])
    .describe('Classes, as module.Class, whose pickled instance stands for its one argument.'),
  tls: z
    .union([
      z.boolean(),
      z.strictObject({
        ca: path.optional().describe('A PEM file with the authorities that are trusted.'),
        cert: path.optional().describe("A PEM file with the worker's certificate."),
        key: path.optional().describe("A PEM file with the certificate's key."),
      }),
    ])
    .default(false)
    .describe("Encryption: true for the system's authorities, or files."),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1, { error: 'must not be empty' }),
      password: z
        .string()
        .min(1, { error: 'must not be empty' })
        .describe('From a variable of the environment, so that it is not in the file.'),
    })
    .optional()
    .describe('Name and password, where the brokers want them.'),
  session: duration
    .refine((ms) => ms >= 1000, { error: 'must be at least 1s' })
    .default(10_000)
    .describe(
      'Time without a sign of life after which another worker of the group takes over. Default 10s.',
    ),
})
