import { BlueskyError } from '../../errors/bluesky-error.js'
import type { CurveFiles } from './curve.js'

/**
 * How a connection was refused, as far as a client sees it:
 *
 * - `key`: the other end knows the client's key, and doesn't take it;
 * - `mechanism`: one end wants CURVE and the other doesn't speak it;
 * - `protocol`: something else about the handshake was wrong;
 * - `hung-up`: the other end closed the connection in the handshake, without a word. That is all that a
 *   server does about a client with a wrong server key.
 */
export type RefusalKind = 'key' | 'mechanism' | 'protocol' | 'hung-up'

/** What a connection is for: the side of a proxy that it belongs to. */
export type ProxySide = 'in' | 'out'

/** A connection that is about to be explained. */
export interface Refused {
  readonly kind: RefusalKind
  readonly address: string
  readonly side: ProxySide
  readonly curve: CurveFiles | undefined
  readonly cause?: unknown
}

/** Why a proxy refused a connection, and what to do about it, for people. */
export function explainRefusal({ kind, address, side, curve, cause }: Refused): BlueskyError {
  const explain = curve ? withCurve(side, curve) : withoutCurve(side)
  const options = cause === undefined ? {} : { cause }
  return new BlueskyError(
    'connection',
    `${address} refuses the connection: ${explain[kind]}`,
    options,
  )
}

function withCurve(side: ProxySide, { secret, server }: CurveFiles): Record<RefusalKind, string> {
  return {
    key:
      `it doesn't take the key of ${secret}; put its public half (the .key file) into the folder of the proxy's ` +
      `--${side}-curve-client-keys and restart the proxy, which reads them only at its start`,
    mechanism: `it speaks no CURVE; start the proxy with --${side}-curve-secret, or give no curve here`,
    protocol: `it does not handshake as 0MQ with CURVE does; is this the ${side} address of a bluesky-0MQ-proxy?`,
    'hung-up':
      `it hangs up in the handshake, as for a wrong server key; copy the .key file that belongs to the proxy's ` +
      `--${side}-curve-secret to ${server}, and see that it has one and that this is its ${side} address`,
  }
}

function withoutCurve(side: ProxySide): Record<RefusalKind, string> {
  return {
    key: `it doesn't allow this machine; see the addresses of the proxy's --${side}-curve-allow`,
    mechanism:
      'it wants CURVE; give curve: { secret, server } with your own .key_secret file and the .key file of the proxy',
    protocol: `it does not handshake as 0MQ does; is this the ${side} address of a bluesky-0MQ-proxy?`,
    // whether a proxy that wants CURVE is heard saying so depends on who is faster
    'hung-up':
      'it hangs up in the handshake; if the proxy wants CURVE, give curve: { secret, server } with your own ' +
      `.key_secret file and the .key file of the proxy; and see that this is the ${side} address of a bluesky-0MQ-proxy`,
  }
}
