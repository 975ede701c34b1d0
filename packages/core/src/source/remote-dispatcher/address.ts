import { BlueskyError } from '../../errors/bluesky-error.js'

/**
 * An address as people write it, as 0MQ wants it: `localhost:5578` is `tcp://localhost:5578`;
 * `tcp://…` and `ipc://…` stay as they are. Mirrors `bluesky.callbacks.zmq._normalize_address`.
 *
 * @throws BlueskyError `bad-address`, saying how an address looks.
 *
 * @example
 * ```ts
 * import { normalizeAddress } from '@prompt-papermill/core'
 *
 * console.log(normalizeAddress('beamline:7775')) // tcp://beamline:7775
 * ```
 */
export function normalizeAddress(address: string): string {
  const full = address.includes('://') ? address : `tcp://${address}`
  const tcp = /^tcp:\/\/(?<host>\[[\da-fA-F:.]+\]|[^\s:/]+):(?<port>\d{1,5})$/u.exec(full)
  const port = Number(tcp?.groups?.port)
  if (/^(ipc|inproc):\/\/.+/u.test(full) || (tcp && port >= 1 && port <= 65_535)) return full
  throw new BlueskyError(
    'bad-address',
    `"${address}" is not an address; write host:port, tcp://host:port or ipc:///path`,
  )
}

/**
 * One address or a list of them, as 0MQ wants them.
 *
 * @throws BlueskyError `bad-address` if one is none, if there is none, or if one is there twice.
 */
export function normalizeAddresses(given: string | readonly string[]): readonly string[] {
  const addresses = (typeof given === 'string' ? [given] : given).map(normalizeAddress)
  if (addresses.length === 0) {
    throw new BlueskyError('bad-address', 'there is no address in the list; name one at least')
  }
  const twice = addresses.find((address, i) => addresses.indexOf(address) < i)
  if (twice === undefined) return addresses
  throw new BlueskyError(
    'bad-address',
    `${twice} is in the list twice, and each of its documents would come twice; name it once`,
  )
}

/**
 * An address to listen at, as 0MQ wants it: as {@link normalizeAddress}, and the port may be `*`, which
 * is any free one, and the host `*`, which is every interface.
 *
 * @throws BlueskyError `bad-address`, saying how an address looks.
 */
export function normalizeBindAddress(address: string): string {
  const anyPort = /^(?<start>(?:tcp:\/\/)?(?:\[[\da-fA-F:.]+\]|[^\s:/]+)):\*$/u.exec(address)
  // checked with some port in the place of any
  const start = anyPort?.groups?.start
  if (start !== undefined) return normalizeAddress(`${start}:1`).replace(/1$/u, '*')
  return normalizeAddress(address)
}
