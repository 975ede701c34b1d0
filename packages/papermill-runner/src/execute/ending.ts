import type { EndOrder } from '../process/runner-event.js'

/** Why a notebook is ended before its time, as the host's signal says it. */
export type Ending = Omit<EndOrder, 'order'>

/**
 * Reads an abort signal's reason: its `kind` (`cancelled`, `interrupted` or `timed-out`) decides, and
 * its message is told. `AbortSignal.timeout` counts as `timed-out`; anything else as `cancelled`.
 */
export function endingOf(reason: unknown): Ending {
  const { kind, name, message } = asRecord(reason)
  if (kind === 'interrupted') {
    return {
      why: kind,
      message: sentence(message, 'the host stopped before the notebook was done'),
    }
  }
  if (kind === 'timed-out' || name === 'TimeoutError') {
    const text = sentence(message, 'the job took longer than it may')
    return { why: 'timed-out', message: text, limit: 'job' }
  }
  // the message of a plain abort() says nothing that people would want to read
  const text = name === 'AbortError' ? 'cancelled' : sentence(message, 'cancelled')
  return { why: 'cancelled', message: text }
}

function asRecord(reason: unknown): Record<string, unknown> {
  if (typeof reason === 'string') return { message: reason }
  return typeof reason === 'object' && reason !== null ? (reason as Record<string, unknown>) : {}
}

function sentence(message: unknown, otherwise: string): string {
  return typeof message === 'string' && message !== '' ? message : otherwise
}
