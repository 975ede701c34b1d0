import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** The address of who is connected, as IPv4 where it is one; null: not through a network. */
export function peerOf(c: Context): string | null {
  const address = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress
  return address === undefined ? null : address.replace(/^::ffff:/u, '')
}

/** Whether that is this machine. */
export function isLocalPeer(peer: string | null): boolean {
  return peer !== null && (peer === '::1' || peer.startsWith('127.'))
}
