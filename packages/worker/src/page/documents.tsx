import type { JSX } from 'preact'

import type { RunDetail } from '../api/schemas.js'
import { segment } from './api.js'
import { Values } from './values.js'

/** The run's documents, in brief. */
export function Documents({ run }: { readonly run: RunDetail }): JSX.Element {
  return (
    <section aria-labelledby="documents">
      <h2 id="documents">Documents</h2>
      {run.streams.length > 0 && (
        <div class="scroll" role="region" aria-label="Streams" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Stream</th>
                <th scope="col">Events</th>
                <th scope="col">Data keys</th>
              </tr>
            </thead>
            <tbody>
              {run.streams.map(({ name, events, keys }) => (
                <tr key={name}>
                  <th scope="row">
                    <bdi>{name}</bdi>
                  </th>
                  <td>{events}</td>
                  <td>
                    <bdi>{keys.join(', ')}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {run.start && (
        <details>
          <summary>Run Start</summary>
          <Values value={run.start} />
        </details>
      )}
      {run.stop && (
        <details>
          <summary>Run Stop</summary>
          <Values value={run.stop} />
        </details>
      )}
      <p class="about">
        <a href={`/api/v1/runs/${segment(run.uid)}/documents`} target="_blank" rel="noreferrer">
          All of Run Start, descriptors and Run Stop, as JSON
        </a>
      </p>
    </section>
  )
}
