import { isIP } from 'node:net'
import { hostname } from 'node:os'

import type { MiddlewareHandler } from 'hono'

import type { HttpConfig } from '../config/compile-http.js'

/**
 * Refuses requests for a name that is not this server's: a page elsewhere whose name is made to point here, to read
 * with the browser of somebody who may. An address can't be made to point anywhere.
 */
export function checkHost({ hosts, host }: Pick<HttpConfig, 'hosts' | 'host'>): MiddlewareHandler {
  const own = hostname().toLowerCase()
  const known = new Set([
    'localhost',
    own,
    own.split('.')[0] as string,
    host.toLowerCase(),
    ...hosts,
  ])
  return async (c, next) => {
    const name = hostNameOf(c.req.header('host') ?? '')
    if (name === null || !(known.has(name) || isIP(name) !== 0)) {
      const shown = name === null ? 'without a good Host header' : `for the host ${name}`
      return c.json(
        { error: `requests ${shown} are not answered; name it under http.hosts in the config` },
        421,
      )
    }
    await next()
    return undefined
  }
}

/** The name in a Host header, in lower case and without the port; null: it is none. */
export function hostNameOf(header: string): string | null {
  const groups =
    /^(?:\[(?<six>[0-9A-Fa-f:.]{2,45})\]|(?<name>[A-Za-z0-9_.-]{1,253}))(?::\d{1,5})?$/u.exec(
      header,
    )?.groups
  return groups?.six ?? groups?.name?.toLowerCase().replace(/\.$/u, '') ?? null
}
