import { isIP } from 'node:net'

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
