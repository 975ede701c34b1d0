import type { JSX } from 'preact'

/** Names with values, as a document or a manifest has them. */
export function Values({
  value,
}: {
  readonly value: Readonly<Record<string, unknown>>
}): JSX.Element {
  const entries = Object.entries(value)
  if (entries.length === 0) return <p class="hint">None.</p>
  return (
    <dl class="values">
      {entries.map(([name, inner]) => (
        <div key={name}>
          <dt>
            <bdi>{name}</bdi>
          </dt>
          <dd>
            <bdi>{textOf(inner)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const line = JSON.stringify(value)
  return line.length > 80 ? JSON.stringify(value, null, 2) : line
}
