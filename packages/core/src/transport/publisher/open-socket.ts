import type { XPublisher } from 'zeromq'

import { readCurveKeys } from '../../source/remote-dispatcher/curve.js'
import { liveliness } from '../../source/remote-dispatcher/socket-settings.js'
import type { PublisherOptionsWithDefaults } from './options.js'

/** Frames that 0MQ itself holds before it says that it is full; the rest waits in the outbox. */
const inHand = 1000

/**
 * Opens the socket of a publisher: XPUB, which to the other end is a PUB, and tells who subscribes.
 *
 * @throws BlueskyError `bad-file` if a CURVE certificate can't be used.
 */
export async function openPublisherSocket(
  address: string,
  { bind, backlog, linger, curve }: PublisherOptionsWithDefaults,
): Promise<XPublisher> {
  const keys = curve ? await readCurveKeys(curve) : {}
  // loaded here, so that programs that only read need no native module
  const { XPublisher } = await import('zeromq')
  return new XPublisher({
    ...liveliness,
    ...keys,
    linger,
    ipv6: address.includes('['),
    // of several subscribers a slow one must not hold up the others
    ...(bind ? { sendHighWaterMark: backlog } : { sendHighWaterMark: inHand, noDrop: true }),
  })
}
