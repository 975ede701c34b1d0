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
