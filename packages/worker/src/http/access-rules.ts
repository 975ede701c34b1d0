import { readFile } from 'node:fs/promises'

import { ConfigError } from '../config/config-error.js'
import type { HttpConfig } from '../config/compile-http.js'
import type { AccessRules } from './access.js'

/** A token is at least so long, wherever it comes from. */
const shortest = 16

/**
 * Who may do what, with the token read from its file.
 *
 * @param file - the config's, which errors name.
 * @throws ConfigError if the token can't be read, or is too short.
 */
export async function accessRules(
  { token, userHeader, trustedProxies }: HttpConfig,
  file: string,
): Promise<AccessRules> {
  const text = typeof token === 'object' && token !== null ? await read(token.file, file) : token
  return { token: text, userHeader, trustedProxies }
}

async function read(path: string, file: string): Promise<string> {
  const fail = (message: string, cause?: unknown): never => {
    throw new ConfigError(file, [{ path: 'http.token.file', message }], { cause })
  }
  let text: string
  try {
    text = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    return fail(`${path} can't be read: ${(error as Error).message}`, error)
  }
  if (text.length >= shortest) return text
  return fail(
    `${path} holds no token of ${shortest} characters or more; openssl rand -hex 24 makes one`,
  )
}
