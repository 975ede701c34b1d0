import { encodePayload, type Encoding } from '../../decode/encode.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import type { CurveFiles } from '../../source/remote-dispatcher/curve.js'
import { usualBacklog } from '../../source/remote-dispatcher/socket-settings.js'

/** What turns a document into the payload of a frame: an encoding's name, or a function of your own. */
export type Serializer = Encoding | ((doc: unknown) => Uint8Array)

/** How a {@link Publisher} writes and sends. */
export interface PublisherOptions {
  /**
   * What stands before every frame, so that those who receive can tell publishers apart. Without a space.
   *
   * @defaultValue `''`
   */
  prefix?: string
  /**
   * How documents are written: `pickle` is what Python's `RemoteDispatcher` reads by default; `msgpack`
   * needs `msgpack_numpy` there if documents have arrays.
   *
   * @defaultValue `'pickle'`
   */
  serializer?: Serializer
  /**
   * Listens at the address and serves subscribers itself, in place of a proxy. What is published while
   * nobody subscribes is then gone, as PUB/SUB has it, and one who is slow loses without a word.
   *
   * @defaultValue false: it connects to a proxy
   */
  bind?: boolean
  /**
   * Documents that are kept until a proxy takes them: at the start, while it is away, and when it is
   * slower. What comes beyond is lost, with a `lost` event.
   *
   * @defaultValue 200000
   */
  backlog?: number
  /**
   * How long {@link Publisher.close} may take until what was published has gone out, in milliseconds.
   *
   * @defaultValue 5000
   */
  linger?: number
  /**
   * Encryption and authentication by CURVE, with pyzmq's certificate files, when it connects.
   *
   * @defaultValue none
   */
  curve?: CurveFiles | undefined
}

/** {@link PublisherOptions} with the defaults filled in. */
export interface PublisherOptionsWithDefaults {
  readonly prefix: string
  readonly serialize: (doc: unknown) => Uint8Array
  readonly bind: boolean
  readonly backlog: number
  readonly linger: number
  readonly curve: CurveFiles | undefined
}

/**
 * The defaults of {@link PublisherOptions}, in one place.
 *
 * @throws BlueskyError `bad-option`, saying which and why.
 */
export function withPublisherDefaults(options: PublisherOptions): PublisherOptionsWithDefaults {
  const { prefix = '', bind = false, curve } = options
  if (prefix.includes(' ')) {
    throw new BlueskyError('bad-option', `a prefix can't contain a space: "${prefix}"`)
  }
  if (bind && curve) {
    throw new BlueskyError(
      'bad-option',
      'curve is for a publisher that connects; to serve subscribers with CURVE, connect it to a Proxy',
    )
  }
  return {
    prefix,
    serialize: serializerOf(options.serializer ?? 'pickle'),
    bind,
    backlog: count('backlog', options.backlog ?? usualBacklog, 1),
    linger: count('linger', options.linger ?? 5000, 0),
    curve,
  }
}

function serializerOf(serializer: Serializer): (doc: unknown) => Uint8Array {
  if (typeof serializer === 'function') return serializer
  // an encoding that isn't there is an error now, not with the first document
  encodePayload(null, serializer)
  return (doc) => encodePayload(doc, serializer)
}

function count(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new BlueskyError(
    'bad-option',
    `${name} must be an integer of at least ${least}; it is ${value}`,
  )
}
