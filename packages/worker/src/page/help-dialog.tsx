import type { JSX } from 'preact'
import { useState } from 'preact/hooks'

import { areShortcutsOn, setShortcuts, shortcuts } from './shortcuts.js'

const id = 'help'

/** Shows the keys. */
export function openHelp(): void {
  const dialog = document.getElementById(id)
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal()
}

/** What the keys do, and whether they do. */
export function HelpDialog(): JSX.Element {
  const [on, setOn] = useState(areShortcutsOn())
  return (
    <dialog id={id} aria-labelledby="help-title">
      <form method="dialog">
        <h2 id="help-title">Keys</h2>
        <dl class="keys">
          {shortcuts.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <label class="check">
          <input
            type="checkbox"
            checked={on}
            onChange={(event) => {
              setShortcuts(event.currentTarget.checked)
              setOn(event.currentTarget.checked)
            }}
          />
          Single keys do this
        </label>
        <div class="buttons">
          <button type="submit">Close</button>
        </div>
      </form>
    </dialog>
  )
}
