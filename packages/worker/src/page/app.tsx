import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

import type { About } from '../api/schemas.js'
import { ApiError, api } from './api.js'
import { Header } from './header.js'
import { HelpDialog } from './help-dialog.js'
import { Live, useLive, useLoaded } from './live.js'
import { followLinks, uidOf, usePlace } from './router.js'
import { RunList } from './run-list.js'
import { RunPage } from './run-page.js'
import { useShortcuts } from './use-shortcuts.js'
import { SignIn } from './sign-in.js'
import { Surroundings, type SurroundingsOf } from './surroundings.js'

/** The whole page. */
export function App(): JSX.Element {
  const { path, query } = usePlace()
  const about = useLoaded('about', (signal) => api.about(signal))
  const mustSignIn = about.error instanceof ApiError && about.error.status === 401
  const { live, connected } = useConnection(about.value !== null)
  const [worker, setWorker] = useState<About['worker']>(null)
  const [signingIn, setSigningIn] = useState<(() => void) | null>(null)
  useLive(live, { worker: setWorker, anew: () => about.reload(500) })
  useShortcuts()
  useEffect(() => setWorker(about.value?.worker ?? null), [about.value])
  const surroundings: SurroundingsOf = {
    live,
    about: about.value && { ...about.value, worker },
    signIn: (then) => setSigningIn(() => then),
    reloadAbout: () => about.reload(),
  }
  const uid = uidOf(path)
  return (
    <Surroundings.Provider value={surroundings}>
      {/* links below are the browser's own, and so need no role of theirs */}
      <div class="frame" onClick={followLinks}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header connected={connected} />
        <main id="main" tabIndex={-1}>
          {about.error && !mustSignIn && <p class="notice bad">{about.error.message}</p>}
          {/* not after what is about it: both are asked at once */}
          {!mustSignIn &&
            (uid === null ? (
              <RunList query={query} />
            ) : (
              <RunPage key={uid} uid={uid} query={query} />
            ))}
          {mustSignIn && (
            <p class="notice">
              From another machine, reading needs the token.{' '}
              <button type="button" onClick={() => setSigningIn(() => () => undefined)}>
                Sign in
              </button>
            </p>
          )}
        </main>
      </div>
      <footer>
        <a href="/api/v1/docs">API</a>
        {about.value && <span>prompt-papermill {about.value.version}</span>}
      </footer>
      <HelpDialog />
      {signingIn && (
        <SignIn
          done={() => {
            about.reload()
            signingIn()
          }}
          close={() => setSigningIn(null)}
        />
      )}
    </Surroundings.Provider>
  )
}

/** Connects once that is allowed. */
function useConnection(allowed: boolean): { live: Live | null; connected: boolean } {
  const [live, setLive] = useState<Live | null>(null)
  const [connected, setConnected] = useState(true)
  useEffect(() => {
    if (!allowed) return undefined
    const made = new Live(setConnected)
    setLive(made)
    return () => made.close()
  }, [allowed])
  return { live, connected }
}
