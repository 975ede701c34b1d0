import { type DocumentSource, RemoteDispatcher } from '@prompt-papermill/core'

import type { Config } from '../config/config.js'
import { isKafka, type KafkaSourceGiven } from '../config/compile-source.js'
import { logSource } from '../log/log-source.js'
import { openKafka, takeKafka } from './kafka-source.js'
import type { SourcesPlace } from './sources-place.js'
import { catchUpWith } from './tiled-source.js'

/**
 * Wires sources to the router: those given, or the config's with the catching up from its data server. None is
 * started yet. What several bring, the router takes once, by uid.
 *
 * @throws BlueskyError for what core refuses, such as `missing-library` for Kafka without kafkajs.
 */
export async function openSources(
  config: Config,
  place: SourcesPlace,
  given?: readonly DocumentSource[],
): Promise<readonly DocumentSource[]> {
  if (given) return given.map((source) => followLive(source, place))
  const live: DocumentSource[] = []
  for (const source of config.sources) {
    live.push(
      isKafka(source)
        ? await followKafka(source, place)
        : followLive(new RemoteDispatcher(source.address, source), place),
    )
  }
  const catchUp = config.tiled && catchUpWith(config.tiled, live, place)
  return catchUp ? [...live, catchUp] : live
}

/** A source that loses what is sent while it is not connected. */
function followLive(source: DocumentSource, { router, logger }: SourcesPlace): DocumentSource {
  logSource(source, logger)
  source.on('disconnected', () => router.connectionLost())
  source.subscribe(router)
  return source
}

/** A broker keeps what is sent meanwhile, so that no run is interrupted by a lost connection. */
async function followKafka(
  given: KafkaSourceGiven,
  { router, logger }: SourcesPlace,
): Promise<DocumentSource> {
  const source = await openKafka(given, router)
  logSource(source, logger)
  source.subscribe(takeKafka(router))
  return source
}
