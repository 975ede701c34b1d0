import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** What came of a try. */
export type Posted =
  | { readonly taken: true }
  | {
      readonly taken: false
      /** Why not, without the URL, which may hold a token. */
      readonly why: string
      /** Whether it may be taken later. */
      readonly again: boolean
    }

/** Answers of 400 to 499 that are about the moment and not about the message. */
const passing = new Set([408, 425, 429])

/**
 * Posts JSON once, on a connection of its own. Nothing is followed, and of the answer only its status is read.
 *
 * @param timeout - milliseconds until the status is there.
 */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  timeout: number,
  signal: AbortSignal,
): Promise<Posted> {
  const late = AbortSignal.timeout(timeout)
  try {
    return judge(await statusOf(url, body, headers, AbortSignal.any([late, signal])))
  } catch (error) {
    if (late.aborted) return failed(`no answer within ${timeout / 1000} s`)
    if (signal.aborted) return failed('the worker stopped')
    return failed((error as Error).message)
  }
}

function statusOf(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
        // no connection is left open behind it
        agent: false,
        signal,
      },
      (response) => {
        response.destroy()
        resolve(response.statusCode ?? 0)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

function judge(status: number): Posted {
  if (status >= 200 && status < 300) return { taken: true }
  if (status >= 300 && status < 400) {
    const why = `it answered ${status}, a redirect, which is not followed: give the address that it leads to`
    return { taken: false, why, again: false }
  }
  const again = status >= 500 || passing.has(status)
  return { taken: false, why: `it answered ${status}`, again }
}

function failed(why: string): Posted {
  return { taken: false, why, again: true }
}
