import type { DocumentSource } from '@prompt-papermill/core'

import type { WorkerLogger } from './logger.js'
import { Throttle } from './throttle.js'

/** How often a line of one kind is said again, in milliseconds. */
const interval = 10_000

/** Says in the log what happens around a source's documents. */
export function logSource(source: DocumentSource, logger: WorkerLogger): void {
  const log = logger.child({ source: source.description })
  const throttle = new Throttle(interval)
  source.on('connected', () => log.info('connected'))
  source.on('disconnected', () => log.warn('disconnected; it reconnects by itself'))
  // the source itself says it once in a while only
  source.on('refused', (_, { message }) => log.error(`${message}; it is tried again all the time`))
  source.on('dropped', ({ reason, name, bytes, message }) => {
    throttle.pass(`dropped ${reason}`, (held) =>
      log.warn({ reason, name, bytes, ...more(held) }, `a frame was dropped: ${message}`),
    )
  })
  source.on('invalid', ({ message: { name, doc }, issues }) => {
    const [first] = issues
    throttle.pass(`invalid ${name} ${first?.path}`, (held) =>
      log.warn(
        { name, uid: (doc as { uid?: unknown }).uid, issues: issues.length, ...more(held) },
        `this ${name} document breaks event-model's schema and is used all the same: ${first?.path} ${first?.message}`,
      ),
    )
  })
  source.on('ignored', (prefix) => {
    throttle.pass(`ignored ${prefix}`, (held) =>
      log.info({ prefix, ...more(held) }, `frames with the prefix "${prefix}" are ignored`),
    )
  })
  source.on('subscriber-error', (err) => log.error({ err }, 'a document could not be handled'))
}

function more(held: number): { more?: number } {
  return held > 0 ? { more: held } : {}
}
