import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'

import { operatorHeader, operatorOf } from '../operations/operator.js'
import { hostNameOf } from './hosts.js'
import { isLocalPeer, peerOf } from './peer.js'
import { isSame, isSession, sessionCookie } from './session.js'

/** Who asks, and what they may do. */
export interface Asker {
  /** For the ledger; null: nobody is signed in. */
  readonly who: string | null
  readonly mayRead: boolean
  readonly mayAct: boolean
}

/** Who may do what, from the config. */
export interface AccessRules {
  /** Null: there is none. */
  readonly token: string | null
  /** In lower case; null: none is believed. */
  readonly userHeader: string | null
  readonly trustedProxies: readonly string[]
}

/**
 * Finds out who asks: whom a trusted proxy names, or whoever has the token, who may say a name. Everybody on this
 * machine may read.
 */
export function askerOf(c: Context, { token, userHeader, trustedProxies }: AccessRules): Asker {
  const peer = peerOf(c)
  if (userHeader !== null && peer !== null && trustedProxies.includes(peer)) {
    const user = c.req.header(userHeader)?.trim()
    // what a proxy names is a person; that it is believed also holds for pages of other sites in that browser
    if (user) return { who: user.slice(0, 100), mayRead: true, mayAct: isOwnRequest(c) }
  }
  if (token !== null && hasToken(c, token)) return { who: nameOf(c), mayRead: true, mayAct: true }
  return { who: null, mayRead: isLocalPeer(peer) && !isForwarded(c), mayAct: false }
}

/** Whether a reverse proxy on this machine sent it, for somebody who need not be here. */
function isForwarded(c: Context): boolean {
  return ['forwarded', 'x-forwarded-for', 'x-real-ip'].some(
    (name) => c.req.header(name) !== undefined,
  )
}

function hasToken(c: Context, token: string): boolean {
  const given = /^Bearer +(?<token>.+)$/iu.exec(c.req.header('authorization') ?? '')?.groups?.token
  if (given !== undefined) return isSame(given, token)
  const cookie = getCookie(c, sessionCookie)
  return cookie !== undefined && isOwnRequest(c) && isSession(cookie, token)
}

/** Whether a request is not one that another site had a browser send: what only reads may come from anywhere. */
function isOwnRequest(c: Context): boolean {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return true
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = c.req.header('origin')
  if (origin === undefined) return true
  return (
    URL.canParse(origin) &&
    hostNameOf(new URL(origin).host) === hostNameOf(c.req.header('host') ?? '')
  )
}

/** A token tells nobody's name, so that the one who has it says one, which nobody checks. */
function nameOf(c: Context): string {
  const name = operatorOf(c.req.header(operatorHeader))
  return name === 'unknown' ? 'somebody with the token' : `${name} (with the token)`
}
