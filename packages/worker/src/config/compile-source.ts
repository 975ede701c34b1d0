import { resolve } from 'node:path'

import { BlueskyError, normalizeAddress } from '@prompt-papermill/core'

import type { ConfigWithDefaults } from './schema.js'

/** A source as the config has it. */
export type SourceGiven = NonNullable<ConfigWithDefaults['source']>
/** Of these, documents over 0MQ. */
export type ZmqSourceGiven = Exclude<SourceGiven, { kind: 'kafka' }>
/** Of these, documents from Kafka. */
export type KafkaSourceGiven = Extract<SourceGiven, { kind: 'kafka' }>

/** Whether a source reads from Kafka. */
export function isKafka(source: SourceGiven): source is KafkaSourceGiven {
  return source.kind === 'kafka'
}

/**
 * A source with absolute paths.
 *
 * @throws BlueskyError for an address that is none.
 */
export function compileSource(source: SourceGiven, from: string): SourceGiven {
  return isKafka(source) ? compileKafka(source, from) : compileZmq(source, from)
}

function compileZmq(source: ZmqSourceGiven, from: string): ZmqSourceGiven {
  normalizeAddress(source.address)
  if (!source.curve) return source
  const { secret, server } = source.curve
  return { ...source, curve: { secret: resolve(from, secret), server: resolve(from, server) } }
}

function compileKafka(source: KafkaSourceGiven, from: string): KafkaSourceGiven {
  const { tls, sasl } = source
  if (sasl?.mechanism === 'plain' && tls === false) {
    throw new BlueskyError(
      'bad-option',
      'mechanism: plain without tls sends the password for all to read; give tls: true, or a scram mechanism',
    )
  }
  if (typeof tls === 'boolean') return source
  const files = Object.entries(tls).filter(([, file]) => file !== undefined)
  return {
    ...source,
    tls: Object.fromEntries(files.map(([name, file]) => [name, resolve(from, file as string)])),
  }
}
