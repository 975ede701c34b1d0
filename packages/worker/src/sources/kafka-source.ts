import type { DocumentSource, DocumentSubscriber, RunRouter } from '@prompt-papermill/core'

import type { KafkaSourceGiven } from '../config/compile-source.js'
import { kafkaOptions } from './kafka-options.js'
import { receivedBy } from './received-by.js'

/**
 * A source of documents from Kafka, whose offsets are committed once the ledger has what came.
 *
 * @throws BlueskyError `bad-file` for a TLS file that can't be read; `missing-library` without kafkajs comes when it is
 *   started.
 */
export async function openKafka(
  given: KafkaSourceGiven,
  router: RunRouter,
): Promise<DocumentSource> {
  // its client is optional, and only who asks for Kafka needs it
  const { KafkaSource } = await import('@prompt-papermill/core/kafka')
  return new KafkaSource({ ...(await kafkaOptions(given)), received: receivedBy(router) })
}

/**
 * Hands documents from Kafka to a router. After a restart a run that was open comes again from its Run Start: what the
 * ledger knew of it, without its documents, makes room for the whole.
 */
export function takeKafka(router: RunRouter): DocumentSubscriber {
  return {
    dispatch(message, options) {
      if (message.name === 'start' && isHalfKnown(router, message.doc.uid)) {
        router.forget(message.doc.uid)
      }
      router.dispatch(message, options)
    },
  }
}

function isHalfKnown(router: RunRouter, uid: string): boolean {
  return router.openRuns.some((run) => run.uid === uid && run.restored)
}
