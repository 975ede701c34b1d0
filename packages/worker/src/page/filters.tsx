import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { Icon } from './icons.js'
import { go } from './router.js'
import { useSurroundings } from './surroundings.js'

const states = [
  'failed',
  'running',
  'queued',
  'waiting',
  'succeeded',
  'no-data',
  'skipped',
  'cancelled',
]

/** What the address says of the list, apart from where in it one is. */
export const filterNames = ['text', 'state', 'plan_name', 'sample', 'scan_id', 'since', 'until']

/** How long typing has to rest until the list follows, in milliseconds. */
const rest = 250

/** Search and filters; what they say is in the address, so that it can be sent to somebody. */
export function Filters({ query }: { readonly query: URLSearchParams }): JSX.Element {
  const { about } = useSurroundings()
  const form = useRef<HTMLFormElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const apply = (): void => {
    if (!form.current) return
    clearTimeout(timer.current)
    const wanted = new URLSearchParams()
    for (const [name, value] of new FormData(form.current)) {
      if (typeof value === 'string' && value.trim() !== '') wanted.set(name, value)
    }
    const text = wanted.toString()
    go(text === '' ? '/' : `/?${text}`, 'replace')
  }
  const soon = (): void => {
    clearTimeout(timer.current)
    timer.current = setTimeout(apply, rest)
  }
  const value = (name: string): string => query.get(name) ?? ''
  const filtered = filterNames.some((name) => query.has(name))
  const more = ['plan_name', 'sample', 'scan_id', 'since', 'until'].some((name) => query.has(name))
  return (
    <form
      ref={form}
      class="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
      // an address that was gone to sets them anew
      key={filtered ? 'filtered' : 'all'}
    >
      <label class="search">
        <Icon name="search" />
        <span class="hidden">Search runs</span>
        <input
          type="search"
          name="text"
          placeholder="Plan, sample, scan id, uid, message"
          defaultValue={value('text')}
          onInput={soon}
        />
      </label>
      <label class="inline">
        <span>Jobs</span>
        <select name="state" onChange={apply}>
          <option value="">in any state</option>
          {states.map((state) => (
            <option key={state} value={state} selected={state === value('state')}>
              {state}
            </option>
          ))}
        </select>
      </label>
      <details open={more}>
        <summary>More filters</summary>
        <div class="more">
          <label>
            Plan
            <input name="plan_name" list="plans" defaultValue={value('plan_name')} onInput={soon} />
          </label>
          <datalist id="plans">
            {about?.plans.map((plan) => (
              <option key={plan} value={plan} />
            ))}
          </datalist>
          <label>
            Sample
            <input name="sample" defaultValue={value('sample')} onInput={soon} />
          </label>
          <label>
            Scan id
            <input name="scan_id" defaultValue={value('scan_id')} onInput={soon} />
          </label>
          <label>
            From
            <input name="since" type="date" defaultValue={value('since')} onInput={soon} />
          </label>
          <label>
            Until
            <input name="until" type="date" defaultValue={value('until')} onInput={soon} />
          </label>
        </div>
      </details>
      {filtered && (
        <a class="clear" href="/">
          Show all
        </a>
      )}
    </form>
  )
}

/** What the API is asked for, by what the address says: days are local, and the last one counts whole. */
export function apiQuery(query: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams({ limit: '50' })
  for (const name of [...filterNames, 'after']) {
    const value = query.get(name)?.trim().slice(0, 500)
    if (!value) continue
    const time =
      name === 'since' ? dayStart(value, 0) : name === 'until' ? dayStart(value, 1) : value
    if (time !== null) asked.set(name, time)
  }
  return asked
}

function dayStart(day: string, later: number): string | null {
  const date = new Date(`${day}T00:00`)
  if (Number.isNaN(date.getTime())) return null
  date.setDate(date.getDate() + later)
  return date.toISOString()
}
