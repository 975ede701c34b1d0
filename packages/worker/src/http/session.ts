import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** How long a browser that gave the token may act, in seconds. */
export const sessionSeconds = 12 * 60 * 60

/** The cookie that a browser gets for the token: it can't read it, and another site can't send it. */
export const sessionCookie = 'papermill_session'

/** Whether two texts are equal, in a time that tells nothing of where they differ. */
export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

/** What the cookie holds: until when it is good, signed with the token, which it does not hold. */
export function makeSession(token: string, now = Date.now()): string {
  const until = Math.trunc(now / 1000) + sessionSeconds
  return `${until}.${signature(token, until)}`
}

/** Whether a cookie is good still. */
export function isSession(given: string, token: string, now = Date.now()): boolean {
  const groups = /^(?<until>\d{1,15})\.(?<sign>[\w-]{43})$/u.exec(given)?.groups
  if (!groups?.until || !groups.sign) return false
  return (
    Number(groups.until) * 1000 > now && isSame(groups.sign, signature(token, Number(groups.until)))
  )
}

function signature(token: string, until: number): string {
  return createHmac('sha256', token).update(`page session until ${until}`).digest('base64url')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
