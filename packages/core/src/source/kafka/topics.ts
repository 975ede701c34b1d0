import { BlueskyError } from '../../errors/bluesky-error.js'
import { makeClient } from './client.js'
import { type KafkaOptions, withKafkaDefaults } from './options.js'

/**
 * The topics that brokers have: to find out whether they answer, let us in and have those that are wanted. No group
 * is joined, so that no consumer loses its partitions.
 *
 * @param options - as for a {@link KafkaSource}
 * @param timeout - how long they may take to answer, in milliseconds
 * @throws BlueskyError `connection` if they don't answer or let us in, `missing-library` without kafkajs,
 *   `bad-option`.
 *
 * @example
 * ```ts
 * import { kafkaTopics } from '@prompt-papermill/core/kafka'
 *
 * const topics = ['bl.bluesky.runengine.documents']
 * const there = await kafkaTopics({ brokers: ['localhost:9092'], topics, group: 'prompt-papermill' })
 * console.log(topics.every((topic) => there.has(topic))) // true
 * ```
 */
export async function kafkaTopics(
  options: KafkaOptions,
  timeout = 5000,
): Promise<ReadonlySet<string>> {
  const access = withKafkaDefaults(options)
  let said = `no answer within ${timeout / 1000} s`
  const client = await makeClient(access, (message) => (said = message))
  const admin = client.admin()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(said)), timeout)
  })
  const asked = admin.connect().then(() => admin.listTopics())
  // who waits no more is not told of how it ended
  asked.catch(() => undefined)
  try {
    return new Set(await Promise.race([asked, late]))
  } catch (cause) {
    throw new BlueskyError(
      'connection',
      `the Kafka brokers ${access.brokers.join(', ')} can't be asked: ${(cause as Error).message}; are they running, and are address, TLS and credentials right?`,
      { cause },
    )
  } finally {
    clearTimeout(timer)
    await admin.disconnect().catch(() => undefined)
  }
}
