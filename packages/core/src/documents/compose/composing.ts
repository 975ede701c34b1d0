import { EventModelValidationError, EventModelValueError } from '../../errors/event-model-errors.js'
import type { EventDescriptor } from '../generated/index.js'
import type { DocumentByName, DocumentName } from '../messages.js'
import { validateDocument } from '../validate/validate-document.js'

/** What every compose function takes besides the document's own fields. */
export interface ComposeOptions {
  /**
   * Whether the document is checked, against event-model's schema and those composed before it.
   *
   * @defaultValue `true`
   */
  validate?: boolean
}

/** What most compose functions make up if they are not told. */
export interface StampOptions {
  /**
   * The document's uid.
   *
   * @defaultValue a fresh UUID, version 4
   */
  uid?: string
  /**
   * Seconds since 1970.
   *
   * @defaultValue now
   */
  time?: number
}

/**
 * The `seq_num` of the next event by the name of its stream, the first one being 1. The compose functions of
 * a run share it.
 */
export type EventCounters = Map<string, number>

/** This moment, in seconds since 1970. */
export function now(): number {
  return Date.now() / 1000
}

/** The whole numbers from 0 on, as `itertools.count` gives them. */
export function* countUp(): Generator<number, never, undefined> {
  for (let n = 0; ; n += 1) yield n
}

/** How many issues a message lists; the error has all of them. */
const listed = 5

/**
 * Gives a document back if it meets its schema.
 *
 * @throws EventModelValidationError if it doesn't.
 */
export function checked<N extends DocumentName>(
  name: N,
  doc: DocumentByName[N],
  validate: boolean,
): DocumentByName[N] {
  if (!validate) return doc
  const result = validateDocument(name, doc)
  if (result.valid) return doc
  const lines = result.issues.slice(0, listed).map(({ path, message }) => `${path} ${message}`)
  const more = result.issues.length > listed ? `, and ${result.issues.length - listed} more` : ''
  throw new EventModelValidationError(
    `the ${name} document breaks event-model's schema: ${lines.join('; ')}${more}`,
    result.issues,
  )
}

/**
 * The `seq_num` that the next event of a descriptor gets.
 *
 * @throws EventModelValueError if nothing counts its stream.
 */
export function nextSeqNum(descriptor: EventDescriptor, eventCounters: EventCounters): number {
  const next = eventCounters.get(streamOf(descriptor))
  if (next !== undefined) return next
  throw new EventModelValueError(
    `eventCounters has no stream ${JSON.stringify(streamOf(descriptor))}: compose its descriptor first, or give seq_num`,
  )
}

/** The name of a descriptor's stream, under which its events are counted. */
export function streamOf(descriptor: EventDescriptor): string {
  return descriptor.name ?? 'primary'
}
