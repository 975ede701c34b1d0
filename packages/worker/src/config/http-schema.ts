import { isIP } from 'node:net'
import { resolve } from 'node:path'

import { z } from 'zod'

const host = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/u, {
    error: 'must be a host name as browsers show it, without port, such as papermill.beamline.org',
  })
  .transform((name) => name.toLowerCase())

const proxy = z.string().refine((given) => isIP(given) !== 0, {
  error: 'must be the IP address of a reverse proxy, such as 10.1.2.3',
})

const token = z.union([
  z.string().min(16, {
    error: 'must have 16 characters or more; `openssl rand -hex 24` makes a good one',
  }),
  z.strictObject({
    file: z.string().min(1).describe('The file with the token, and nothing else.'),
  }),
])

/** `http` of the config, as a person writes it. */
export const httpSchema = z
  .union([
    z.literal(false),
    z.strictObject({
      host: z.string().default('127.0.0.1').describe('The address to listen on.'),
      port: z.int().min(0).max(65_535).default(8580),
      token: token
        .optional()
        .describe(
          'What somebody has to know to rerun, cancel and pause from the page, and, beyond this machine, to read. As an environment variable, or { file: … }.',
        ),
      hosts: z
        .array(host)
        .optional()
        .describe(
          "Names by which browsers may reach the page, besides localhost, this machine's name and addresses.",
        ),
      userHeader: z
        .string()
        .regex(/^[A-Za-z0-9-]+$/u, { error: 'must be the name of an HTTP header' })
        .optional()
        .describe(
          'The header in which a reverse proxy tells who is signed in, such as x-remote-user.',
        ),
      trustedProxies: z
        .array(proxy)
        .optional()
        .describe('The addresses that are believed when they send it. Default: this machine.'),
    }),
  ])
  .default({ host: '127.0.0.1', port: 8580 })
  .describe('Where the page, its API and health are served; false: nowhere.')

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
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
