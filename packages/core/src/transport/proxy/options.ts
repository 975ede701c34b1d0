import { BlueskyError } from '../../errors/bluesky-error.js'
import { usualBacklog } from '../../source/remote-dispatcher/socket-settings.js'

/**
 * How one side of a {@link Proxy} proves who it is, and whom it serves. Mirrors
 * `bluesky.callbacks.zmq.ServerCurve`.
 */
export interface ServerCurveFiles {
  /** The proxy's own `.key_secret` file, as pyzmq writes it. */
  secret: string
  /**
   * A folder with the `.key` files of the clients that are served. Files that are put in or taken out count
   * for the next client, without a restart.
   *
   * @defaultValue none: every client that has the proxy's public key is served
   */
  clientKeys?: string | undefined
  /**
   * The IP addresses that are served, as `192.168.0.7`.
   *
   * @defaultValue none: all
   */
  allow?: readonly string[] | undefined
}

/** How a {@link Proxy} forwards. */
export interface ProxyOptions {
  /**
   * CURVE for those who publish.
   *
   * @defaultValue none: nothing is encrypted, and everybody may publish
   */
  inCurve?: ServerCurveFiles | undefined
  /**
   * CURVE for those who subscribe.
   *
   * @defaultValue none: nothing is encrypted, and everybody may subscribe
   */
  outCurve?: ServerCurveFiles | undefined
  /**
   * Frames that are held for each subscriber that is slower. What comes beyond is lost for that one, as
   * PUB/SUB has it.
   *
   * @defaultValue 200000
   */
  backlog?: number
}

/** {@link ProxyOptions} with the defaults filled in. */
export interface ProxyOptionsWithDefaults {
  readonly curves: {
    readonly in: ServerCurveFiles | undefined
    readonly out: ServerCurveFiles | undefined
  }
  readonly backlog: number
}

/** Any free port of this machine, for this machine. */
export const anyLocalPort = '127.0.0.1:*'

/**
 * The defaults of {@link ProxyOptions}, in one place.
 *
 * @throws BlueskyError `bad-option`, saying which and why.
 */
export function withProxyDefaults(options: ProxyOptions): ProxyOptionsWithDefaults {
  const backlog = options.backlog ?? usualBacklog
  if (!Number.isSafeInteger(backlog) || backlog < 1) {
    throw new BlueskyError('bad-option', `backlog must be at least 1; it is ${backlog}`)
  }
  return { curves: { in: options.inCurve, out: options.outCurve }, backlog }
}
