import type { ConnectionOptions } from 'node:tls'

import type { DecoderName } from '../../decode/decoders.js'
import type { Validation } from '../../decode/frame-reader.js'
import { BlueskyError } from '../../errors/bluesky-error.js'

/** How the broker is told who asks. Mirrors librdkafka's `sasl.mechanism`, `sasl.username`, `sasl.password`. */
export interface KafkaSasl {
  /** How the password is shown to the broker; only over TLS with `plain`. */
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  /** Who asks. */
  readonly username: string
  /** The password; from a file or the environment, not from the code. */
  readonly password: string
}

/** Where bluesky's documents are in Kafka, and how they are read. Times are in milliseconds. */
export interface KafkaOptions {
  /** Brokers to begin with: `host:port`. */
  brokers: readonly string[]
  /** At NSLS-II `<beamline>.bluesky.runengine.documents`. */
  topics: readonly string[]
  /** Consumers with the same group share the partitions, and go on where the group was. */
  group: string
  /**
   * Where a group begins that was nowhere yet: with what comes from now on, or with all that the topic holds.
   *
   * @defaultValue `latest`
   */
  from?: 'earliest' | 'latest'
  /**
   * How the messages are serialized: `[name, doc]`.
   *
   * @defaultValue `msgpack`
   */
  decoder?: Exclude<DecoderName, 'auto'>
  /** Classes, as `module.Class`, whose pickled instance stands for its one argument. */
  enums?: readonly string[]
  /**
   * What to do with a document that breaks event-model's schema.
   *
   * @defaultValue `warn`
   */
  validate?: Validation
  /**
   * TLS: true for the system's authorities, or Node's own options (`ca`, `cert`, `key`).
   *
   * @defaultValue false
   */
  tls?: boolean | ConnectionOptions
  /**
   * Name and password, where the broker wants them.
   *
   * @defaultValue none
   */
  sasl?: KafkaSasl | undefined
  /**
   * Resolves when all that was delivered so far is safe: in a ledger, as a rule. An offset is committed only after
   * that.
   *
   * @defaultValue at once
   */
  received?: () => Promise<void>
  /**
   * How often offsets are committed while documents come.
   *
   * @defaultValue 1000
   */
  commitEvery?: number
  /**
   * How long a run that doesn't stop holds back the offset. A run's documents come again after a crash as long as
   * it is open; a run that never stops must not hold them for ever.
   *
   * @defaultValue 86400000 (a day)
   */
  holdOpenRuns?: number
  /**
   * How long the broker waits for a sign of life before it gives the partitions to another consumer of the group.
   *
   * @defaultValue 10000
   */
  sessionTimeout?: number
}

/** {@link KafkaOptions} with the defaults filled in. */
export type KafkaOptionsWithDefaults = Required<Omit<KafkaOptions, 'sasl'>> &
  Pick<KafkaOptions, 'sasl'>

/**
 * The defaults of {@link KafkaOptions}, in one place.
 *
 * @throws BlueskyError `bad-option` without brokers, topics or group.
 */
export function withKafkaDefaults(options: KafkaOptions): KafkaOptionsWithDefaults {
  const { brokers, topics, group } = options
  if (brokers.length === 0) throw missing('brokers', "['localhost:9092']")
  if (topics.length === 0) throw missing('topics', "['bl.bluesky.runengine.documents']")
  if (group === '') throw missing('group', 'prompt-papermill')
  return {
    brokers,
    topics,
    group,
    from: options.from ?? 'latest',
    decoder: options.decoder ?? 'msgpack',
    enums: options.enums ?? [],
    validate: options.validate ?? 'warn',
    tls: options.tls ?? false,
    sasl: options.sasl,
    received: options.received ?? (() => Promise.resolve()),
    commitEvery: options.commitEvery ?? 1000,
    holdOpenRuns: options.holdOpenRuns ?? 86_400_000,
    sessionTimeout: options.sessionTimeout ?? 10_000,
  }
}

function missing(name: string, example: string): BlueskyError {
  return new BlueskyError('bad-option', `a Kafka source needs ${name}, such as ${example}`)
}
