import { type DocumentMessage, type DocumentName, isDocumentName } from '../documents/messages.js'
import {
  type DocumentIssue,
  missingRoutingField,
  validateDocument,
} from '../documents/validate/validate-document.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import type { Decoder } from './decoder.js'
import { makeDecoder } from './decoders.js'
import { type Frame, splitFrame } from './frame.js'

/** Why a frame gave no document. */
export type DropReason =
  'bad-frame' | 'unknown-name' | 'bad-payload' | 'too-large' | 'too-deep' | 'cyclic' | 'invalid'

/** A frame that can't be used: reported, and the stream goes on. */
export interface Dropped {
  /** Why, in one word. */
  readonly reason: DropReason
  /** The document's name as far as the frame tells it, up to 256 characters; else null. */
  readonly name: string | null
  /** The frame's length in bytes. */
  readonly bytes: number
  /** What is wrong, for a person, up to 1,024 characters. */
  readonly message: string
}

/** What became of one frame. */
export type FrameOutcome =
  | {
      readonly kind: 'document'
      readonly prefix: string
      readonly message: DocumentMessage
      /** How the document breaks event-model's schema; empty if it doesn't, or was not asked. */
      readonly issues: readonly DocumentIssue[]
    }
  | { readonly kind: 'ignored'; readonly prefix: string }
  | { readonly kind: 'dropped'; readonly dropped: Dropped }

/** What to do with a document that breaks event-model's schema. */
export type Validation = 'warn' | 'drop' | 'off'

/** How frames become documents. */
export interface FrameReaderOptions {
  /**
   * The prefix that frames must have, exactly; null takes any.
   *
   * @defaultValue `''`
   */
  prefix?: string | null
  /**
   * What reads the payloads: a decoder's name, or one of your own.
   *
   * @defaultValue `'auto'`
   */
  decoder?: 'auto' | 'pickle' | 'msgpack' | 'json' | Decoder
  /**
   * `warn` delivers an invalid document and says so; `drop` drops it; `off` doesn't look.
   *
   * @defaultValue `'warn'`
   */
  validate?: Validation
  /**
   * Classes, as `module.Class`, whose pickled instance stands for its one argument.
   *
   * @defaultValue `[]`
   */
  enums?: readonly string[]
}

/** {@link FrameReaderOptions} with the defaults filled in. */
export type FrameReaderOptionsWithDefaults = Required<FrameReaderOptions>

/** The defaults of {@link FrameReaderOptions}, in one place. */
export function withFrameReaderDefaults(
  options: FrameReaderOptions = {},
): FrameReaderOptionsWithDefaults {
  return {
    prefix: options.prefix === undefined ? '' : options.prefix,
    decoder: options.decoder ?? 'auto',
    validate: options.validate ?? 'warn',
    enums: options.enums ?? [],
  }
}

/**
 * Makes the function that turns frames into documents: split, decode, check. That function never throws;
 * what can't be used comes back as `dropped`.
 *
 * @throws BlueskyError `bad-option` for a decoder that isn't there.
 *
 * @example
 * ```ts
 * import { frameReader } from '@prompt-papermill/core'
 *
 * const read = frameReader({ prefix: 'jpls' })
 * const outcome = read(new TextEncoder().encode('jpls start {"uid": "a", "time": 0}'))
 * if (outcome.kind === 'document') console.log(outcome.message.name) // start
 * ```
 */
export function frameReader(options: FrameReaderOptions = {}): (frame: Uint8Array) => FrameOutcome {
  const { prefix, decoder, validate, enums } = withFrameReaderDefaults(options)
  const { decode } =
    typeof decoder === 'string' ? bound(makeDecoder(decoder, { enums })) : bound(decoder)
  return (bytes) => {
    let frame: Frame
    try {
      frame = splitFrame(bytes)
    } catch (error) {
      return drop('bad-frame', null, bytes, messageOf(error))
    }
    if (prefix !== null && frame.prefix !== prefix) {
      return { kind: 'ignored', prefix: shown(frame.prefix) }
    }
    const { name } = frame
    if (!isDocumentName(name)) {
      const given = shown(name)
      return drop('unknown-name', given, bytes, `"${given}" is not the name of a bluesky document`)
    }
    let doc: unknown
    try {
      doc = decode(frame.payload)
    } catch (error) {
      return drop(failureOf(error), name, bytes, messageOf(error))
    }
    const outcome = checkDocument(name, doc, validate)
    return outcome.ok
      ? { kind: 'document', prefix: frame.prefix, message: outcome.message, issues: outcome.issues }
      : drop('invalid', name, bytes, outcome.reason)
  }
}

function drop(
  reason: DropReason,
  name: string | null,
  { length }: Uint8Array,
  message: string,
): FrameOutcome {
  return {
    kind: 'dropped',
    dropped: { reason, name, bytes: length, message: shown(message, 1024) },
  }
}

/** The beginning of a text, for events and logs: a frame may have a name or a key of many megabytes. */
function shown(text: string, longest = 256): string {
  if (text.length <= longest) return text
  const units = Array.from({ length: longest }, (_, i) => text.charCodeAt(i))
  // made anew, since a slice would keep all of the text in memory
  return `${String.fromCharCode(...units)}…`
}

/** What a check of one decoded document says. */
export type CheckedDocument =
  | {
      readonly ok: true
      readonly message: DocumentMessage
      readonly issues: readonly DocumentIssue[]
    }
  | { readonly ok: false; readonly reason: string }

const none: readonly DocumentIssue[] = []

/** Checks that a value is a document that can be routed, and as `validate` says that it fits the schema. */
export function checkDocument(
  name: DocumentName,
  doc: unknown,
  validate: Validation,
): CheckedDocument {
  const missing = missingRoutingField(name, doc)
  if (missing !== null) {
    return { ok: false, reason: `this ${name} document can't be routed: ${missing}` }
  }
  const message = { name, doc } as DocumentMessage
  if (validate === 'off') return { ok: true, message, issues: none }
  const validation = validateDocument(name, doc)
  if (validation.valid) return { ok: true, message, issues: none }
  if (validate === 'warn') return { ok: true, message, issues: validation.issues }
  return { ok: false, reason: describeIssues(name, validation.issues) }
}

/** Issues as one sentence. */
function describeIssues(name: string, issues: readonly DocumentIssue[]): string {
  const shown = issues.slice(0, 3).map(({ path, message }) => `${path} ${message}`)
  const more = issues.length > 3 ? `; and ${issues.length - 3} more` : ''
  return `this ${name} document breaks event-model's schema: ${shown.join('; ')}${more}`
}

function bound(decoder: Decoder): { decode: (payload: Uint8Array) => unknown } {
  return { decode: (payload) => decoder.decode(payload) }
}

function failureOf(error: unknown): DropReason {
  if (!(error instanceof BlueskyError)) return 'bad-payload'
  const { code } = error
  return code === 'too-large' || code === 'too-deep' || code === 'cyclic' ? code : 'bad-payload'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
