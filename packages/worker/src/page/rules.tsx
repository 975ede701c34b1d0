import type { JSX } from 'preact'

import type { Clause, Explanation, RunDetail } from '../api/schemas.js'
import { Icon } from './icons.js'

/** Why each rule did or did not match. */
export function Rules({ run }: { readonly run: RunDetail }): JSX.Element {
  return (
    <section aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      {!run.decided && run.rules.length > 0 && (
        <p class="about">It is decided when the run stops; this is how it looks now.</p>
      )}
      {run.rules.length === 0 && <p class="hint">Nothing was decided about it.</p>}
      <ul class="rules">
        {run.rules.map((rule) => (
          <Rule key={rule.rule} rule={rule} />
        ))}
      </ul>
    </section>
  )
}

function Rule({ rule }: { readonly rule: Explanation }): JSX.Element {
  return (
    <li>
      <p>
        <b>{rule.rule}</b> <Matched matched={rule.matched} />
      </p>
      <Clauses clauses={rule.clauses} />
    </li>
  )
}

function Clauses({ clauses }: { readonly clauses: readonly Clause[] }): JSX.Element | null {
  if (clauses.length === 0) return null
  return (
    <ul class="clauses">
      {clauses.map((clause, index) => (
        <li key={index}>
          <Matched matched={clause.matched} />{' '}
          <code>
            <bdi>{JSON.stringify(clause.clause)}</bdi>
          </code>
          {clause.clauses === undefined && (
            <span class="found">
              {' '}
              found{' '}
              <code>
                <bdi>{JSON.stringify(clause.found)}</bdi>
              </code>
            </span>
          )}
          {clause.clauses && <Clauses clauses={clause.clauses} />}
        </li>
      ))}
    </ul>
  )
}

function Matched({ matched }: { readonly matched: boolean | null }): JSX.Element {
  const [icon, word]: readonly [string, string] =
    matched === null
      ? ['waiting', 'not known yet']
      : matched
        ? ['succeeded', 'matches']
        : ['failed', 'does not match']
  return (
    <span class={`matched matched-${String(matched)}`}>
      <Icon name={icon} />
      {word}
    </span>
  )
}
