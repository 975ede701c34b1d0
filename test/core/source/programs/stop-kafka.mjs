/**
 * Reads from Kafka until it is told that the broker has gone, stops, and has nothing more to do.
 *
 *     node stop-kafka.mjs BROKER TOPIC
 */
import { setTimeout } from 'node:timers/promises'

import { KafkaSource } from '@prompt-papermill/core/kafka'

const [broker, topic] = process.argv.slice(2)
const source = new KafkaSource({ brokers: [broker], topics: [topic], group: 'stopped' })
source.on('connected', () => console.log('connected'))
source.on('disconnected', async () => {
  // kafkajs begins anew 0.3 s after it has lost the broker, and tries for some seconds
  await setTimeout(1500)
  await source.stop()
  console.log('stopped')
})
await source.start()
