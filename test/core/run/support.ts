import { type DocumentMessage, RunTracker } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'

import { feed } from '../../support/tracking.js'

/** A document with no more in it than is needed. */
export const message = (name: string, doc: object): DocumentMessage => ({ name, doc }) as never

/** A tracker with an open run of one stream. */
export function openRun() {
  const tracker = new RunTracker()
  const { messages, descriptors } = makeRunDocuments({ uid: 'a', events: { primary: 0 } })
  const [run] = feed(tracker, messages.slice(0, -1))
  const descriptor = descriptors.primary!.uid
  const event = (seq_num: number, uid = `e-${seq_num}`, time = seq_num): DocumentMessage =>
    message('event', { uid, seq_num, time, descriptor, data: { det: seq_num }, timestamps: {} })
  /** What of a document is new. */
  const take = (document: DocumentMessage): unknown => tracker.take(document).message?.doc ?? null
  return { tracker, run: run!, descriptor, event, take }
}

/** What detectors of the run `a` write to files. */
export const files = [
  message('resource', { uid: 'r', run_start: 'a' }),
  message('datum', { datum_id: 'r/0', resource: 'r', datum_kwargs: {} }),
  message('stream_resource', { uid: 's', run_start: 'a' }),
  message('stream_datum', { uid: 's/0', stream_resource: 's', descriptor: '' }),
]
