import { readFile } from 'node:fs/promises'

import { BlueskyError } from '../../errors/bluesky-error.js'

/**
 * The pyzmq certificate files with which a client proves who it is and knows the server. Mirrors
 * `bluesky.callbacks.zmq.ClientCurve`.
 */
export interface CurveFiles {
  /** The client's own `.key_secret` file. */
  secret: string
  /** The server's `.key` file. */
  server: string
}

/** CURVE keys of a client in Z85, as zeromq's sockets take them. */
export interface CurveKeys {
  readonly curvePublicKey: string
  readonly curveSecretKey: string
  readonly curveServerKey: string
}

/** CURVE keys of a server in Z85, as zeromq's sockets take them. */
export interface ServerCurveKeys {
  readonly curveServer: true
  readonly curvePublicKey: string
  readonly curveSecretKey: string
}

/**
 * Reads a client's keys from pyzmq's certificate files. Mirrors `zmq.auth.load_certificate`.
 *
 * @throws BlueskyError `bad-file`, naming the file and what it lacks.
 */
export async function readCurveKeys({ secret, server }: CurveFiles): Promise<CurveKeys> {
  // one after the other, so that of two bad files it is always the same that is named
  const own = await readKeyPair(secret)
  return { ...own, curveServerKey: await readPublicKey(server) }
}

/**
 * Reads a server's keys from its `.key_secret` file. Mirrors `zmq.auth.load_certificate`.
 *
 * @throws BlueskyError `bad-file`, naming the file and what it lacks.
 */
export async function readServerCurveKeys(secret: string): Promise<ServerCurveKeys> {
  return { curveServer: true, ...(await readKeyPair(secret)) }
}

/**
 * Reads the public key from a `.key` file of pyzmq, in Z85.
 *
 * @throws BlueskyError `bad-file`, naming the file and what it lacks.
 */
export async function readPublicKey(path: string): Promise<string> {
  return key(await textOf(path), 'public-key', path)
}

async function readKeyPair(path: string): Promise<Omit<CurveKeys, 'curveServerKey'>> {
  const text = await textOf(path)
  return {
    curvePublicKey: key(text, 'public-key', path),
    curveSecretKey: key(text, 'secret-key', path),
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
