import { useEffect } from 'preact/hooks'

import { openHelp } from './help-dialog.js'
import { go } from './router.js'

/** Keys and what they do, as the help shows them. */
export const shortcuts = [
  ['/', 'search'],
  ['j', 'next run'],
  ['k', 'run before'],
  ['Enter', 'open it'],
  ['u', 'back to the runs'],
  ['?', 'these keys'],
] as const

const offKey = 'papermill-keys-off'

/** Whether single keys do anything: who speaks to the browser may not want that. */
export function areShortcutsOn(): boolean {
  return localStorage.getItem(offKey) === null
}

/** Has single keys do something, or nothing. */
export function setShortcuts(on: boolean): void {
  if (on) localStorage.removeItem(offKey)
  else localStorage.setItem(offKey, 'true')
}

/** Listens for the keys of {@link shortcuts}. */
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
