import type { JSX } from 'preact'

import { api } from './api.js'
import { openHelp } from './help-dialog.js'
import { Icon } from './icons.js'
import { ActButton } from './operations.js'
import { useSurroundings } from './surroundings.js'

/** What stands above all views: whether the page is live, and how the worker is. */
export function Header({ connected }: { readonly connected: boolean }): JSX.Element {
  const { about, reloadAbout } = useSurroundings()
  const worker = about?.worker ?? null
  const acting = about !== null && about.acting !== 'off' && worker !== null
  return (
    <header>
      <div class="bar">
        <a class="brand" href="/">
          <img src="/page/icon.svg" alt="" width="24" height="24" />
          Runs
        </a>
        {about && <Connection connected={connected} reads={!about.live} />}
        <span class="spring" />
        {acting &&
          (worker.paused ? (
            <ActButton act={api.resume} label="Resume" said="Resumed" />
          ) : (
            <ActButton act={api.pause} label="Pause" said="Paused" />
          ))}
        {about?.who && (
          <button
            type="button"
            class="quiet"
            title={`Signed in: ${about.who}`}
            onClick={() => void api.signOut().then(reloadAbout)}
          >
            Sign out
          </button>
        )}
        <button type="button" class="quiet" onClick={openHelp}>
          Keys
        </button>
      </div>
      <div role="status">
        {worker?.paused === true && (
          <p class="notice">
            <Icon name="pause" /> Paused: runs are received, and no job begins until somebody
            resumes.
          </p>
        )}
        {worker?.troubles.map((trouble) => (
          <p class="notice bad" key={trouble}>
            <Icon name="warning" /> {trouble}
          </p>
        ))}
      </div>
    </header>
  )
}

function Connection(given: { readonly connected: boolean; readonly reads: boolean }): JSX.Element {
  const { connected, reads } = given
  if (!connected) {
    return (
      <span class="connection lost" role="status">
        <Icon name="cut" /> Not connected; trying again
      </span>
    )
  }
  return (
    <span class="connection" role="status">
      <span class="dot" aria-hidden="true" /> {reads ? 'Reading the ledger' : 'Live'}
    </span>
  )
}
