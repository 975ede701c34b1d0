import { execFile, spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { freePort } from './bluesky-proxy.js'

const run = promisify(execFile)

/** Whether certificates can be made. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** A broker's listener with TLS and passwords. */
export interface SecureListener {
  /** `host:port`. */
  readonly address: string
  /** The file with the certificate that is to be trusted. */
  readonly ca: string
  readonly username: string
  readonly password: string
  /** Lines of the broker's config. */
  readonly config: readonly string[]
  /** What its storage is formatted with besides: the user. */
  readonly formatting: readonly string[]
}

/** Makes a certificate of its own in a folder, and what a broker needs to use it. */
export async function secureListener(folder: string): Promise<SecureListener> {
  const [key, ca, both] = ['key.pem', 'ca.pem', 'both.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=broker'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', ca],
  ])
  await writeFile(both, `${await readFile(key, 'utf8')}${await readFile(ca, 'utf8')}`)
  const [username, password] = ['papermill', 'sesame-of-the-night']
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`
  return {
    address: `127.0.0.1:${await freePort()}`,
    ca,
    username,
    password,
    config: [
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL',
      'sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN',
      `listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=${scram}`,
      `listener.name.sasl_ssl.plain.sasl.jaas.config=${plain}`,
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${both}`,
    ],
    formatting: ['--add-scram', `SCRAM-SHA-512=[name=${username},password=${password}]`],
  }
}
