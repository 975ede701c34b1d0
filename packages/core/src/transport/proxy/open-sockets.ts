import type { Context, Publisher, Subscriber } from 'zeromq'

import { BlueskyError } from '../../errors/bluesky-error.js'
import { readServerCurveKeys } from '../../source/remote-dispatcher/curve.js'
import type { ProxySide } from '../../source/remote-dispatcher/refusal.js'
import { liveliness, longestFrame } from '../../source/remote-dispatcher/socket-settings.js'
import type { ProxyOptionsWithDefaults } from './options.js'

/** The two sockets of a proxy, both bound. */
export interface ProxySockets {
  readonly in: Subscriber
  readonly out: Publisher
}

/**
 * Opens a proxy's sockets: SUB of everything and PUB, as bluesky's are, so that publishers are heard at
 * once and whoever subscribes to nothing gets nothing.
 *
 * @throws BlueskyError `bad-file` if a CURVE certificate can't be used, `connection` if an address can't be
 *   listened at.
 */
export async function openProxySockets(
  context: Context,
  addresses: Readonly<Record<ProxySide, string>>,
  options: ProxyOptionsWithDefaults,
): Promise<ProxySockets> {
  const [inKeys, outKeys] = await Promise.all([
    curveOptions('in', options),
    curveOptions('out', options),
  ])
  const { Publisher, Subscriber } = await import('zeromq')
  const common = { ...liveliness, context, linger: 0, maxMessageSize: longestFrame }
  const sockets = {
    in: new Subscriber({
      ...common,
      ...inKeys,
      receiveHighWaterMark: options.backlog,
      ipv6: addresses.in.includes('['),
    }),
    out: new Publisher({
      ...common,
      ...outKeys,
      sendHighWaterMark: options.backlog,
      ipv6: addresses.out.includes('['),
    }),
  }
  sockets.in.subscribe('')
  try {
    await bind(sockets.in, addresses.in)
    await bind(sockets.out, addresses.out)
  } catch (error) {
    sockets.in.close()
    sockets.out.close()
    throw error
  }
  return sockets
}

async function bind(socket: Publisher | Subscriber, address: string): Promise<void> {
  try {
    await socket.bind(address)
  } catch (cause) {
    throw new BlueskyError(
      'connection',
      `the proxy can't listen at ${address}: ${(cause as Error).message}; is another program there already?`,
      { cause },
    )
  }
}

async function curveOptions(
  side: ProxySide,
  { curves }: ProxyOptionsWithDefaults,
): Promise<Record<string, string | boolean>> {
  const curve = curves[side]
  if (!curve) return {}
  // enforced: without an authenticator 0MQ would let everyone in
  return { ...(await readServerCurveKeys(curve.secret)), zapDomain: side, zapEnforceDomain: true }
}
