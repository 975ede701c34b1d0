import { type DocumentMessage, Run } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'

/** A run of these documents. */
export function runOf(messages: readonly DocumentMessage[]): Run {
  const run = new Run('run')
  for (const message of messages) run.add(message)
  return run
}

/** A run with its start and one stream, open for more. */
export function openRun(): { run: Run; descriptor: string; see: (...seqNums: unknown[]) => void } {
  const { messages, descriptors } = makeRunDocuments({ events: { primary: 0 } })
  const run = runOf(messages.slice(0, 2))
  const descriptor = descriptors.primary!.uid
  const see = (...seqNums: unknown[]): void => {
    for (const seq_num of seqNums) {
      run.add({ name: 'event', doc: { descriptor, seq_num } } as never)
    }
  }
  return { run, descriptor, see }
}

/** The Run Stop of such a run. */
export function stopOf(num_events: unknown): DocumentMessage {
  const doc = { uid: 'stop', time: 2, run_start: 'run', exit_status: 'success', num_events }
  return { name: 'stop', doc } as never
}
