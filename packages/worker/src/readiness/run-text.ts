import { BlueskyError, resolveParameters, type Run } from '@prompt-papermill/core'

/** Part of a {@link RunText}: as it was written, or the reference to a value of the run. */
export type TextPart = { readonly literal: string } | { readonly reference: string }

/** A text with a run's values in it, or why it can't be had. */
export type FilledText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string }

/** How a value from a document is written into a text, so that it stays a value; null: it can't be. */
export type Escape = (value: string, position: number) => string | null

const reference = /\$\$|\{\$(?<braced>(?:start|stop|run)\.[^{}]+)\}|\$(?<bare>[\w.]*\w)?/gu

/**
 * A text of the config with references to a run's values in it: `$start.data_dir/scan.h5`, or in braces where
 * a letter follows, `{$start.scan_id}_master.h5`. `$$` is a literal `$`.
 */
export class RunText {
  readonly parts: readonly TextPart[]

  /**
   * @throws BlueskyError `bad-option` for a `$` that begins no reference.
   */
  constructor(readonly source: string) {
    this.parts = partsOf(source)
  }

  /** What stands before the first reference. */
  get beginning(): string {
    const [first] = this.parts
    return first && 'literal' in first ? first.literal : ''
  }

  get hasReferences(): boolean {
    return this.parts.some((part) => 'reference' in part)
  }

  /**
   * The text for a run.
   *
   * @param escape - given each value, and where in the text it stands.
   */
  fill(run: Run, escape: Escape = (value) => value): FilledText {
    let text = ''
    for (const part of this.parts) {
      if ('literal' in part) {
        text += part.literal
        continue
      }
      const value = valueText(run, part.reference)
      if (!value.ok) return value
      const escaped = escape(value.text, text.length)
      if (escaped === null) {
        return {
          ok: false,
          message: `the run's ${part.reference} can't be used here: ${shown(value.text)}`,
        }
      }
      text += escaped
    }
    return { ok: true, text }
  }
}

function partsOf(source: string): TextPart[] {
  const parts: TextPart[] = []
  const literal = (text: string): void => {
    const last = parts.at(-1)
    if (text === '') return
    if (last && 'literal' in last) parts.splice(-1, 1, { literal: last.literal + text })
    else parts.push({ literal: text })
  }
  let end = 0
  for (const match of source.matchAll(reference)) {
    literal(source.slice(end, match.index))
    end = match.index + match[0].length
    const key = match.groups?.braced ?? match.groups?.bare
    if (match[0] === '$$') literal('$')
    else if (key !== undefined && /^(?:start|stop|run)\../u.test(key))
      parts.push({ reference: `$${key}` })
    else {
      throw new BlueskyError(
        'bad-option',
        `"${match[0]}" in "${source}" is no reference; write $start.…, $stop.… or $run.…, or $$ for a literal $`,
      )
    }
  }
  literal(source.slice(end))
  return parts
}

/** A value of a run as text: only what is text or a number by itself. */
function valueText(run: Run, key: string): FilledText {
  const resolved = resolveParameters({ value: key }, run)
  if (!resolved.ok) return { ok: false, message: `this run has no ${key}` }
  const { value } = resolved.values
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return { ok: true, text: String(value) }
  }
  return { ok: false, message: `the run's ${key} is neither a text nor a number` }
}

/** A value for people, bounded. */
function shown(text: string): string {
  const json = JSON.stringify(text)
  return json.length > 200 ? `${json.slice(0, 200)}…` : json
}
