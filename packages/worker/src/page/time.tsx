import type { JSX } from 'preact'

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

/** A time of the day, or a whole one. */
export function Time(given: {
  readonly at: string | null
  readonly short?: boolean
}): JSX.Element | null {
  if (given.at === null) return null
  const date = new Date(given.at)
  if (Number.isNaN(date.getTime())) return <span>{given.at}</span>
  return (
    <time dateTime={given.at} title={whole.format(date)}>
      {(given.short === true ? clock : whole).format(date)}
    </time>
  )
}

/** The day of a time, as a heading. */
export function dayOf(at: string | null): string {
  if (at === null) return 'Unknown day'
  const date = new Date(at)
  const days = Math.round((midnight(new Date()) - midnight(date)) / 86_400_000)
  if (days === 0) return 'Today'
  return days === 1 ? 'Yesterday' : day.format(date)
}

/** How long something took, for people. */
export function duration(from: string | null, to: string | null): string {
  if (from === null || to === null) return ''
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000
  if (!(seconds >= 0)) return ''
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
