import { useEffect } from 'preact/hooks'

import { openHelp } from './help-dialog.js'
import { go } from './router.js'
import { areShortcutsOn } from './shortcuts.js'

/** Listens for the keys of `shortcuts`. */
export function useShortcuts(): void {
  useEffect(() => {
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || !areShortcutsOn()) return
  const target = event.target as HTMLElement
  if (target.closest('input, select, textarea, dialog[open]')) return
  const act = actions[event.key]
  if (!act) return
  event.preventDefault()
  act()
}

const actions: Readonly<Record<string, () => void>> = {
  '/': () => document.querySelector<HTMLInputElement>('input[type=search]')?.focus(),
  '?': openHelp,
  j: () => move(1),
  k: () => move(-1),
  u: () => {
    if (location.pathname !== '/') go('/')
  },
}

function move(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('a.run-link')]
  const now = links.indexOf(document.activeElement as HTMLElement)
  links[now === -1 ? 0 : Math.max(0, Math.min(links.length - 1, now + by))]?.focus()
}
