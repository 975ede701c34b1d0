import { useEffect, useState } from 'preact/hooks'

import { segment } from './api.js'

/** Where the page is. */
export interface Place {
  readonly path: string
  readonly query: URLSearchParams
}

const moved = 'papermill-moved'

/** Goes to one of the page's own addresses, without loading anything anew. */
export function go(url: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', url)
  else history.replaceState(null, '', url)
  dispatchEvent(new Event(moved))
}

/** Where the page is, now and when that changes. */
export function usePlace(): Place {
  const [url, setUrl] = useState(location.href)
  useEffect(() => {
    const look = (): void => setUrl(location.href)
    addEventListener('popstate', look)
    addEventListener(moved, look)
    return () => {
      removeEventListener('popstate', look)
      removeEventListener(moved, look)
    }
  }, [])
  const { pathname, searchParams } = new URL(url)
  return { path: pathname, query: searchParams }
}

/** Follows links to the page's own addresses in place; all others are the browser's. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element).closest('a')
  if (!link || link.target !== '' || link.origin !== location.origin) return
  if (link.pathname !== '/' && !link.pathname.startsWith('/runs/')) return
  event.preventDefault()
  go(link.href)
  scrollTo(0, 0)
}

/** The address of a run's page. */
export function runUrl(uid: string): string {
  return `/runs/${segment(uid)}`
}

/** The uid of the run whose page a path is; null: it is none's. */
export function uidOf(path: string): string | null {
  const encoded = /^\/runs\/(?<uid>[^/]+)\/?$/u.exec(path)?.groups?.uid
  if (encoded === undefined) return null
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
