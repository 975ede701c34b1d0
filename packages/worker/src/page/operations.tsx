import type { JSX } from 'preact'
import { useState } from 'preact/hooks'

import { ApiError } from './api.js'
import { useSurroundings } from './surroundings.js'

/** A button that does something to a job or the worker; who has not signed in is asked for the token. */
export function ActButton(given: {
  readonly act: () => Promise<object>
  readonly label: string
  /** What is said when it is done. */
  readonly said: string
  readonly title?: string
}): JSX.Element {
  const { act, label, said, title } = given
  const { signIn } = useSurroundings()
  const [state, setState] = useState<{ busy: boolean; said: string; bad: boolean }>({
    busy: false,
    said: '',
    bad: false,
  })
  const perform = async (): Promise<void> => {
    setState({ busy: true, said: '', bad: false })
    try {
      const answer = (await act()) as { left?: readonly { message: string }[] }
      const left = answer.left?.[0]
      setState({ busy: false, said: left ? left.message : said, bad: left !== undefined })
    } catch (error) {
      const mustSignIn = error instanceof ApiError && error.status === 401
      setState({ busy: false, said: mustSignIn ? '' : (error as Error).message, bad: true })
      if (mustSignIn) signIn(() => void perform())
    }
  }
  return (
    <span class="act">
      <button type="button" disabled={state.busy} title={title} onClick={() => void perform()}>
        {label}
      </button>
      <span role="status" class={state.bad ? 'said bad' : 'said'}>
        {state.said}
      </span>
    </span>
  )
}
