import { data } from '../http/policies.js'

/** An answer that is JSON already. */
export function jsonResponse(text: string): Response {
  return new Response(text, { headers: { ...data, 'content-type': 'application/json' } })
}
