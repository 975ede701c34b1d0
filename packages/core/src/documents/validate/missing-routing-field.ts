import type { DocumentName } from '../messages.js'
import { isArray, isObject } from './json-types.js'

type Check = (value: unknown) => boolean

const isString: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => typeof value === 'number' || typeof value === 'bigint'

/** What must be there to know where a document belongs, by kind of document. */
const routingFields: Readonly<
  Record<DocumentName, readonly (readonly [field: string, check: Check])[]>
> = {
  start: [['uid', isString]],
  descriptor: [
    ['uid', isString],
    ['run_start', isString],
  ],
  event: [
    ['descriptor', isString],
    ['seq_num', isNumber],
  ],
  event_page: [
    ['descriptor', isString],
    ['seq_num', isArray],
  ],
  resource: [['uid', isString]],
  datum: [['resource', isString]],
  datum_page: [['resource', isString]],
  stream_resource: [['uid', isString]],
  stream_datum: [
    ['stream_resource', isString],
    ['descriptor', isString],
  ],
  stop: [['run_start', isString]],
  bulk_events: [],
  bulk_datum: [],
}

/**
 * Says which field a document lacks that is needed to know its run. Without it nothing can be done with
 * the document, so that it is dropped even where documents that break the schema are let through.
 *
 * @param name - which kind of document it should be
 * @param doc - a decoded document; anything at all may be passed
 * @returns the field that is missing or of a type that can't be used; `$` if `doc` itself is no plain
 *   object; null if nothing is missing
 *
 * @example
 * ```ts
 * import { missingRoutingField } from '@prompt-papermill/core'
 *
 * console.log(missingRoutingField('stop', { exit_status: 'success' })) // run_start
 * console.log(missingRoutingField('start', { uid: '5d8beb4d' })) // null
 * ```
 */
export function missingRoutingField(name: DocumentName, doc: unknown): string | null {
  if (!isObject(doc) || doc instanceof Map) return '$'
  const fields = doc as Readonly<Record<string, unknown>>
  for (const [field, check] of routingFields[name]) {
    if (!Object.hasOwn(fields, field) || !check(fields[field])) return field
  }
  return null
}
