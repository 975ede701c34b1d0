import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { filterNames } from './filter-query.js'
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

/** How long typing has to rest until the list follows, in milliseconds. */
const rest = 250

/** Search and filters; what they say is in the address, so that it can be sent to somebody. */
export function Filters({ query }: { readonly query: URLSearchParams }): JSX.Element {
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
      <StateFilter value={value('state')} changed={apply} />
      <MoreFilters query={query} changed={soon} />
      {filtered && (
        <a class="clear" href="/">
          Show all
        </a>
      )}
    </form>
  )
}

interface FilterGiven {
  /** Told when somebody chose or typed something. */
  readonly changed: () => void
}

function StateFilter({ value, changed }: FilterGiven & { readonly value: string }): JSX.Element {
  return (
    <label class="inline">
      <span>Jobs</span>
      <select name="state" onChange={changed}>
        <option value="">in any state</option>
        {states.map((state) => (
          <option key={state} value={state} selected={state === value}>
            {state}
          </option>
        ))}
      </select>
    </label>
  )
}

const moreNames = ['plan_name', 'sample', 'scan_id', 'since', 'until']

/** What is asked for less often; open where something of it is in force. */
function MoreFilters({
  query,
  changed,
}: FilterGiven & { readonly query: URLSearchParams }): JSX.Element {
  const { about } = useSurroundings()
  const value = (name: string): string => query.get(name) ?? ''
  return (
    <details open={moreNames.some((name) => query.has(name))}>
      <summary>More filters</summary>
      <div class="more">
        <label>
          Plan
          <input
            name="plan_name"
            list="plans"
            defaultValue={value('plan_name')}
            onInput={changed}
          />
        </label>
        <datalist id="plans">
          {about?.plans.map((plan) => (
            <option key={plan} value={plan} />
          ))}
        </datalist>
        <label>
          Sample
          <input name="sample" defaultValue={value('sample')} onInput={changed} />
        </label>
        <label>
          Scan id
          <input name="scan_id" defaultValue={value('scan_id')} onInput={changed} />
        </label>
        <label>
          From
          <input name="since" type="date" defaultValue={value('since')} onInput={changed} />
        </label>
        <label>
          Until
          <input name="until" type="date" defaultValue={value('until')} onInput={changed} />
        </label>
      </div>
    </details>
  )
}
