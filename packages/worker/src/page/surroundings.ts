import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

import type { About } from '../api/schemas.js'
import type { Live } from './live.js'

/** What all parts of the page may need. */
export interface SurroundingsOf {
  readonly live: Live | null
  readonly about: About | null
  /** Asks for the token; `then` is called once it was right. */
  readonly signIn: (then: () => void) => void
  readonly reloadAbout: () => void
}

/** See {@link SurroundingsOf}. */
export const Surroundings = createContext<SurroundingsOf>({
  live: null,
  about: null,
  signIn: () => undefined,
  reloadAbout: () => undefined,
})

/** What all parts of the page may need. */
export function useSurroundings(): SurroundingsOf {
  return useContext(Surroundings)
}
