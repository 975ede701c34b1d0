import { join, resolve } from 'node:path'

import type { z } from 'zod'

import { type queue, queueDefaults } from './queue-schema.js'

/** Where Redis is, and whose keys are whose. */
export interface RedisConfig {
  /** Without user and password. */
  readonly url: string
  /** Where Redis has users. */
  readonly username: string | undefined
  /** Never shown. */
  readonly password: string | undefined
  /** Of all keys. */
  readonly prefix: string
}

/** How jobs are queued and who performs them. */
export type QueueConfig =
  | { readonly kind: 'embedded' }
  | (RedisConfig & {
      readonly kind: 'bullmq'
      /** The folder for the documents of runs, which all hosts share; absolute. */
      readonly documents: string
    })

/**
 * @param from - where relative paths begin
 * @param results - the folder of results, absolute
 */
export function compileQueue(
  given: z.output<typeof queue>,
  from: string,
  results: string,
): QueueConfig {
  const { kind, url, username, password, prefix, documents } = given
  if (kind === 'embedded') return { kind }
  return {
    kind,
    url: url ?? queueDefaults.url,
    username,
    password,
    prefix: prefix ?? queueDefaults.prefix,
    documents: documents === undefined ? join(results, '.documents') : resolve(from, documents),
  }
}
