import type { ComponentChildren, JSX } from 'preact'
import { useState } from 'preact/hooks'

/** A part that is asked for only when it is opened. */
export function Lazy(given: {
  readonly summary: string
  readonly children: ComponentChildren
}): JSX.Element {
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{given.summary}</summary>
      {open && given.children}
    </details>
  )
}
