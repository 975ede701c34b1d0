import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

import type { JobSummary } from '../api/schemas.js'
import { useFigures } from './use-figures.js'

/** Figures that a row shows. */
const most = 2

/** The first figures of a job, once the row is in sight. */
export function Thumbnails({ job }: { readonly job: JobSummary | null }): JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (!place.current || seen) return undefined
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true)
    })
    observer.observe(place.current)
    return () => observer.disconnect()
  }, [seen])
  const figures = useFigures(seen ? job : null)
  return (
    <div class="thumbnails" ref={place}>
      {figures.slice(0, most).map(({ title, url }) => (
        <img key={title} src={url} alt={title} loading="lazy" width="88" height="66" />
      ))}
      {figures.length > most && <span class="hint">+{figures.length - most}</span>}
    </div>
  )
}
