import { isIP } from 'node:net'
import { resolve } from 'node:path'

import type { z } from 'zod'

import type { httpSchema } from './http-schema.js'

type HttpGiven = z.output<typeof httpSchema>

/** Where HTTP is served, and who may do what. */
export interface HttpConfig {
  /** The address to listen on. */
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** What has to be known to act, or the file that has it; null: nobody can by a token. */
  readonly token: string | { readonly file: string } | null
  /** Further names by which it may be reached, in lower case. */
  readonly hosts: readonly string[]
  /** The header in which a reverse proxy names the user, in lower case; null: none is believed. */
  readonly userHeader: string | null
  /** The addresses that are believed when they send it. */
  readonly trustedProxies: readonly string[]
}

/**
 * Fills in the defaults.
 *
 * @param from - the folder in which relative paths begin.
 * @param fail - told, with the key, what can't be used.
 */
export function compileHttp(
  given: HttpGiven,
  from: string,
  fail: (path: string, message: string) => never,
): HttpConfig | false {
  if (given === false) return false
  const { token, userHeader } = given
  if (!isLoopback(given.host) && token === undefined && userHeader === undefined) {
    fail(
      'http.host',
      `${given.host} can be reached from other machines, and anybody there could read all: give http.token (openssl rand -hex 24 makes one), or http.userHeader with a reverse proxy, or keep to 127.0.0.1`,
    )
  }
  if (given.trustedProxies !== undefined && userHeader === undefined) {
    fail('http.trustedProxies', 'says nothing without http.userHeader')
  }
  return {
    host: given.host,
    port: given.port,
    token: typeof token === 'object' ? { file: resolve(from, token.file) } : (token ?? null),
    hosts: given.hosts ?? [],
    userHeader: userHeader?.toLowerCase() ?? null,
    trustedProxies: given.trustedProxies ?? ['127.0.0.1', '::1'],
  }
}

/** Whether an address to listen on can be reached from this machine alone. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
