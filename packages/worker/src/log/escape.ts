import { toLosslessJson } from '@prompt-papermill/core'

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const directional = /[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/**
 * A text from a document as one line that shows all that is in it: control characters, line breaks and
 * marks that turn the reading direction become `\uXXXX`.
 */
export function oneLine(text: string): string {
  return text.replace(invisible, escaped)
}

/** As {@link oneLine}, of a line that is finished: its own line break stays. */
export function withoutMarks(line: string): string {
  return line.replace(directional, escaped)
}

/**
 * A value of a document as text, whatever it is: documents that break the schema are delivered too, so that
 * their types can't be relied on here.
 */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '?' : toLosslessJson(value)
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}
