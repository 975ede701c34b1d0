import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'

import { BlueskyError } from '@prompt-papermill/core'
import type { KafkaOptions } from '@prompt-papermill/core/kafka'

import type { KafkaSourceGiven } from '../config/compile-source.js'

/**
 * What core is told of a Kafka source, with its TLS files read.
 *
 * @throws BlueskyError `bad-file` for a file that can't be read.
 */
export async function kafkaOptions({
  kind: _,
  tls,
  session,
  ...same
}: KafkaSourceGiven): Promise<KafkaOptions> {
  return { ...same, tls: await readTls(tls), sessionTimeout: session }
}

async function readTls(tls: KafkaSourceGiven['tls']): Promise<boolean | ConnectionOptions> {
  if (typeof tls === 'boolean') return tls
  const files = Object.entries(tls).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const read = files.map(async ([name, file]) => [name, await readPem(file, name)])
  return Object.fromEntries(await Promise.all(read)) as ConnectionOptions
}

async function readPem(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new BlueskyError(
      'bad-file',
      `tls.${name} of a Kafka source can't be read: ${(cause as Error).message}; is its path right, and may the worker's user read it?`,
      { cause },
    )
  }
}
