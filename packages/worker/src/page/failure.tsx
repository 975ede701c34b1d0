import type { JSX } from 'preact'

import type { AttemptDetail } from '../api/schemas.js'
import { Icon } from './icons.js'

/** What a failure's reason means, and what helps. */
const meanings: Readonly<Record<string, string>> = {
  'cell-error': 'A cell of the notebook raised an error.',
  'kernel-died': 'The kernel died; often it ran out of memory, or a library crashed.',
  'timed-out': 'It took longer than its limit.',
  'out-of-memory': 'It wanted more memory than its limit.',
  'not-started': 'It could not be started.',
  interrupted: 'The worker ended while it ran.',
}

/** Why an attempt failed, the failing cell first; nothing for one that did not. */
export function Failure({ detail }: { readonly detail: AttemptDetail }): JSX.Element | null {
  const { state, reason, message, evidence, failing_cell: cell } = detail
  if (state !== 'failed' && state !== 'interrupted') {
    return message === null ? null : <p class="message">{message}</p>
  }
  const facts = [
    ['Signal', evidence?.signal],
    ['Exit code', evidence?.exitCode],
    ['Limit', evidence?.limit],
  ].filter(([, value]) => value !== undefined)
  return (
    <div class="failure">
      <h3>
        <Icon name="failed" /> Why it failed
      </h3>
      {reason !== null && meanings[reason] !== undefined && <p>{meanings[reason]}</p>}
      {message !== null && <p class="message">{message}</p>}
      {facts.map(([name, value]) => (
        <p key={name}>
          {name}: <span class="mono">{String(value)}</span>
        </p>
      ))}
      {cell && (
        <figure>
          <figcaption>Cell {cell.number}</figcaption>
          <pre tabIndex={0}>{cell.source}</pre>
        </figure>
      )}
      {evidence?.traceback !== undefined && (
        <figure>
          <figcaption>Traceback</figcaption>
          <pre tabIndex={0} class="traceback">
            {evidence.traceback}
          </pre>
        </figure>
      )}
    </div>
  )
}
