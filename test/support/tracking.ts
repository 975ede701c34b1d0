import { type DocumentMessage, Run, RunTracker, runTrackerEventNames } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'

/** The documents of a run of that uid, three events in one stream. */
export const documentsOf = (uid: string): readonly DocumentMessage[] =>
  makeRunDocuments({ uid }).messages

/** The documents without the events of these numbers. */
export function without(
  messages: readonly DocumentMessage[],
  ...seqNums: readonly number[]
): DocumentMessage[] {
  return messages.filter(
    (message) => message.name !== 'event' || !seqNums.includes(message.doc.seq_num),
  )
}

/** Gives documents to a tracker as a router does; returns whose each of them was. */
export function feed(tracker: RunTracker, messages: readonly DocumentMessage[]): (Run | null)[] {
  return messages.map((message) => {
    const run = tracker.add(message)
    if (run && message.name === 'stop') tracker.close(run)
    return run
  })
}

/** What a tracker says from now on: each event with its run's uid, but not that a run was described. */
export function listenTo(tracker: RunTracker): string[] {
  const said: string[] = []
  for (const name of runTrackerEventNames) {
    if (name === 'described') continue
    tracker.on(name, (...args: unknown[]) => {
      const run = args.find((arg) => arg instanceof Run)
      said.push(run ? `${name} ${run.uid}` : name)
    })
  }
  return said
}

/** What a tracker says of documents. */
export function track(
  messages: readonly DocumentMessage[],
  tracker = new RunTracker(),
): readonly string[] {
  const said = listenTo(tracker)
  feed(tracker, messages)
  return said
}
