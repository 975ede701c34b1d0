import { BlueskyError } from '../../errors/bluesky-error.js'

/** Where a Tiled server is, and how to ask it. */
export interface TiledOptions {
  /** The server's address, with or without `/api/v1`: `http://localhost:8000`. */
  url: string
  /**
   * Where the runs are in the server's tree: the `path` at which its catalog of bluesky runs is mounted.
   *
   * @defaultValue `raw`
   */
  path?: string
  /**
   * Sent as `Authorization: Apikey …`.
   *
   * @defaultValue none: only what the server shows to anyone
   */
  apiKey?: string | undefined
  /**
   * How long a request may take, in milliseconds.
   *
   * @defaultValue 30000
   */
  timeout?: number
}

/** {@link TiledOptions}, checked, with the defaults filled in. */
export interface CompiledTiledOptions {
  /** Ends with `/api/v1`. */
  readonly api: string
  /** The segments of the path, escaped for an address. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: number
}

/**
 * The defaults of {@link TiledOptions}, in one place.
 *
 * @throws BlueskyError `bad-address` for an address that is not http or https.
 */
export function compileTiledOptions(options: TiledOptions): CompiledTiledOptions {
  const { url, path = 'raw', apiKey, timeout = 30_000 } = options
  const address = URL.canParse(url) ? new URL(url) : null
  if (!address || !['http:', 'https:'].includes(address.protocol)) {
    throw new BlueskyError(
      'bad-address',
      `"${url}" is not the address of a Tiled server; write http://host:port`,
    )
  }
  const base = `${address.origin}${address.pathname}`.replace(/\/+$/u, '')
  const segments = path.split('/').filter((segment) => segment !== '')
  return {
    api: base.endsWith('/api/v1') ? base : `${base}/api/v1`,
    path: segments.map(encodeURIComponent).join('/'),
    headers: apiKey === undefined ? {} : { Authorization: `Apikey ${apiKey}` },
    timeout,
  }
}
