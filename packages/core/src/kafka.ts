/**
 * Documents from Kafka. Install `kafkajs` besides, and `kafkajs-snappy` where messages are compressed with snappy.
 *
 * @packageDocumentation
 */
export { KafkaSource } from './source/kafka/kafka-source.js'
export type { KafkaOptions, KafkaSasl } from './source/kafka/options.js'
export { kafkaTopics } from './source/kafka/topics.js'
