import { readFile } from 'node:fs/promises'

import { BlueskyError } from '../../errors/bluesky-error.js'

/** The pyzmq certificate files with which a client proves who it is and knows the server. */
export interface CurveFiles {
  /** The client's own `.key_secret` file. */
  secret: string
  /** The server's `.key` file. */
  server: string
}

/** CURVE keys in Z85, as zeromq's sockets take them. */
export interface CurveKeys {
  readonly curvePublicKey: string
  readonly curveSecretKey: string
  readonly curveServerKey: string
}

/**
 * Reads the keys from pyzmq's certificate files. Mirrors `zmq.auth.load_certificate`.
 *
 * @throws BlueskyError `bad-file`, naming the file and what it lacks.
 */
export async function readCurveKeys({ secret, server }: CurveFiles): Promise<CurveKeys> {
  const [own, theirs] = await Promise.all([textOf(secret), textOf(server)])
  return {
    curvePublicKey: key(own, 'public-key', secret),
    curveSecretKey: key(own, 'secret-key', secret),
    curveServerKey: key(theirs, 'public-key', server),
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new BlueskyError('bad-file', `the CURVE certificate ${path} can't be read`, { cause })
  }
}

function key(text: string, name: string, path: string): string {
  const found = new RegExp(`^\\s*${name}\\s*=\\s*"(?<key>[^"]{40})"`, 'mu').exec(text)?.groups?.key
  if (found) return found
  throw new BlueskyError(
    'bad-file',
    `${path} has no ${name}; it should be a file that zmq.auth.create_certificates wrote`,
  )
}
