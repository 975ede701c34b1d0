import { checkDocument, type FrameOutcome, type Validation } from '../../decode/frame-reader.js'
import type { DocumentMessage } from '../../documents/messages.js'
import type { TiledRun } from './tiled-client.js'

/** What becomes of a document from the server, as of a frame. */
export function outcomeOf({ name, doc }: DocumentMessage, validate: Validation): FrameOutcome {
  const checked = checkDocument(name, doc, validate)
  return checked.ok
    ? { kind: 'document', prefix: '', message: checked.message, issues: checked.issues }
    : dropped('invalid', name, checked.reason)
}

/**
 * That the documents of a run can't be read.
 *
 * @param again - whether it is tried once more.
 */
export function unread(uid: string, address: string, error: unknown, again: boolean): FrameOutcome {
  const message = error instanceof Error ? error.message : String(error)
  const next = again ? 'it is tried again' : 'only its Run Start and Run Stop are used'
  const reason = `the documents of run ${uid} can't be read from ${address}: ${message}; ${next}`
  return dropped('bad-payload', null, reason)
}

/** What of a run is known from the list of runs already. */
export function startAndStop({ start, stop }: TiledRun): DocumentMessage[] {
  return [{ name: 'start', doc: start }, ...(stop ? [{ name: 'stop', doc: stop } as const] : [])]
}

function dropped(
  reason: 'invalid' | 'bad-payload',
  name: string | null,
  message: string,
): FrameOutcome {
  return { kind: 'dropped', dropped: { reason, name, bytes: 0, message } }
}
