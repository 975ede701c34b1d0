import type { KafkaSourceGiven } from '../../config/compile-source.js'
import { kafkaOptions } from '../../sources/kafka-options.js'
import { type CheckResult, fail, ok, warn } from './check-result.js'

/** How long the brokers may take to answer, in milliseconds. */
const patience = 5000

/** Proves that a broker answers, lets us in, and has the topics. It joins no group, which would take runs away. */
export async function checkKafka(source: KafkaSourceGiven): Promise<CheckResult> {
  const { brokers, topics } = source
  const subject = `source Kafka ${brokers.join(', ')}`
  try {
    const { kafkaTopics } = await import('@prompt-papermill/core/kafka')
    const there = await kafkaTopics(await kafkaOptions(source), patience)
    const missing = topics.filter((topic) => !there.has(topic))
    if (missing.length === 0) return ok(subject, `the brokers have ${topics.join(', ')}`)
    const message = `the brokers have no topic ${missing.join(', ')} yet; is its name right? It is made when something is published, if the brokers allow that`
    return warn(subject, message)
  } catch (error) {
    return fail(subject, (error as Error).message)
  }
}
