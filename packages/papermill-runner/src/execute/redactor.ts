import { BlueskyError } from '@prompt-papermill/core'

import type { NotebookOutcome } from './result.js'

/** Shorter secrets can't be told from ordinary text. `python/notebook_runner/redaction.py` has the same. */
const SHORTEST_SECRET = 6

const PLACEHOLDER = '***'

/** Replaces a job's secrets in what is told and logged of it. */
export class Redactor {
  /** The longest first: a secret may hold another one. */
  readonly #forms: readonly string[]
  /** The same as bytes, each a character. */
  readonly #bytes: readonly string[]

  constructor(secrets: Readonly<Record<string, string>>) {
    const forms = new Set(Object.values(secrets).flatMap(formsOf))
    this.#forms = [...forms]
      .filter(({ length }) => length >= SHORTEST_SECRET)
      .sort((a, b) => b.length - a.length)
    this.#bytes = this.#forms.map((form) => Buffer.from(form).toString('latin1'))
  }

  /** A text without secrets. */
  text(text: string): string {
    return this.#forms.reduce((left, form) => left.replaceAll(form, PLACEHOLDER), text)
  }

  /** An outcome that says no secret; what Jupyter and this package say stays as it is. */
  outcome(outcome: NotebookOutcome): NotebookOutcome {
    if (this.#forms.length === 0) return outcome
    const message = outcome.message === undefined ? {} : { message: this.text(outcome.message) }
    if (!('evidence' in outcome)) return { ...outcome, ...message }
    const { evalue, traceback } = outcome.evidence
    const evidence = {
      ...outcome.evidence,
      ...(evalue !== undefined && { evalue: this.text(evalue) }),
      ...(traceback !== undefined && { traceback: this.text(traceback) }),
    }
    return { ...outcome, ...message, evidence }
  }

  /** For a stream of bytes, in which a secret may come in two pieces. */
  stream(): RedactedStream {
    return new RedactedStream(this.#bytes)
  }
}

/** Gives out bytes as they come, but for an end that may become a secret. */
export class RedactedStream {
  readonly #forms: readonly string[]
  #held = ''

  constructor(forms: readonly string[]) {
    this.#forms = forms
  }

  /** What can be given out now. */
  take(bytes: Buffer): Buffer {
    if (this.#forms.length === 0) return bytes
    const text = this.#clean(this.#held + bytes.toString('latin1'))
    const held = this.#begunAtEnd(text)
    this.#held = text.slice(text.length - held)
    return Buffer.from(text.slice(0, text.length - held), 'latin1')
  }

  /** What was held back, when nothing follows. */
  rest(): Buffer {
    const rest = this.#held
    this.#held = ''
    return Buffer.from(rest, 'latin1')
  }

  #clean(text: string): string {
    return this.#forms.reduce((left, form) => left.replaceAll(form, PLACEHOLDER), text)
  }

  /** How many characters at the end are the beginning of a secret: the most that may be. */
  #begunAtEnd(text: string): number {
    const lengths = this.#forms.map((form) => {
      for (let length = Math.min(form.length - 1, text.length); length > 0; length -= 1) {
        if (text.endsWith(form.slice(0, length))) return length
      }
      return 0
    })
    return Math.max(0, ...lengths)
  }
}

/** Checks secrets as they are given. Throws {@link BlueskyError} `bad-option`; never says a value. */
export function checkSecrets(secrets: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(secrets)) {
    const wrong = problemOf(name, value)
    if (wrong !== undefined) throw new BlueskyError('bad-option', `secrets.${name} ${wrong}`)
  }
}

function problemOf(name: string, value: unknown): string | undefined {
  if (!/^[A-Za-z_]\w*$/.test(name)) return 'is no name of an environment variable'
  if (typeof value !== 'string' || value === '') return 'must be a text that is not empty'
  return value.includes('\0') ? 'must not have a zero byte in it' : undefined
}

/** A secret and its lines, each as it is and as it is within quotes. */
function formsOf(secret: string): string[] {
  const texts = [secret, ...secret.split(/\r?\n/)]
  return texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
}
