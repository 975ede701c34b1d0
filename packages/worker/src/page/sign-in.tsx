import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

import { api, nameKey } from './api.js'

/** Asks for the token, and for a name to go into the ledger with what is done. */
export function SignIn(given: {
  readonly done: () => void
  readonly close: () => void
}): JSX.Element {
  const { done, close } = given
  const dialog = useRef<HTMLDialogElement>(null)
  const [error, setError] = useState('')
  useEffect(() => dialog.current?.showModal(), [])
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = (name: string): string => form.get(name) as string
    try {
      localStorage.setItem(nameKey, given('name'))
      await api.signIn(given('token'))
    } catch (problem) {
      setError((problem as Error).message)
      return
    }
    close()
    done()
  }
  return (
    <dialog ref={dialog} aria-labelledby="sign-in-title" onClose={close}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="sign-in-title">Sign in</h2>
        <p>
          To rerun, cancel or pause, and to read from another machine, give the token: whoever keeps
          the worker’s config has it. Your name goes into the ledger with what you do.
        </p>
        <label>
          Your name
          <input
            name="name"
            required
            maxLength={60}
            autoComplete="name"
            defaultValue={localStorage.getItem(nameKey) ?? ''}
          />
        </label>
        <label>
          Token
          <input name="token" type="password" required autoComplete="current-password" />
        </label>
        <p role="alert" class="said bad">
          {error}
        </p>
        <div class="buttons">
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Sign in
          </button>
        </div>
      </form>
    </dialog>
  )
}
