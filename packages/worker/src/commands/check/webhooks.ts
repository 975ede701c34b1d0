import { once } from 'node:events'
import { connect } from 'node:net'

import type { Config } from '../../config/config.js'
import { type CheckResult, ok, warn } from './check-result.js'

/** How long a receiver may take to accept a connection, in milliseconds. */
const patience = 3000

/** Looks whether somebody listens at each webhook's address; nothing is sent. Their secrets are the config's. */
export function checkWebhooks({ webhooks }: Config): Promise<CheckResult[]> {
  return Promise.all(webhooks.map(({ name, url }) => checkWebhook(name, new URL(url))))
}

async function checkWebhook(name: string, url: URL): Promise<CheckResult> {
  const subject = `webhook ${name}`
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const socket = connect({ host: url.hostname.replace(/^\[|\]$/gu, ''), port })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(patience) })
    return ok(subject, `${url.host} can be reached`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ABORT_ERR' ? `no answer within ${patience / 1000} s` : message
    return warn(subject, `${url.host} can't be reached (${why}); what it is not told is given up`)
  } finally {
    socket.destroy()
  }
}
