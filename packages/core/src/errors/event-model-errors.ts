import { BlueskyError, type BlueskyErrorCode } from './bluesky-error.js'

/** The class above each of event_model's, by name. */
const parents: ReadonlyMap<string, string> = new Map([
  ['EventModelValueError', 'EventModelError'],
  ['EventModelValidationError', 'EventModelError'],
  ['UnfilledData', 'EventModelError'],
])

/**
 * What event_model's functions and routers throw. Mirrors `event_model.EventModelError`; what Python's
 * `Filler` alone raises has no counterpart here.
 *
 * `instanceof` is also true for an error that another copy of the package made.
 *
 * @example
 * ```ts
 * import { composeRun, EventModelError } from '@prompt-papermill/core'
 *
 * const { composeStop } = composeRun()
 * composeStop()
 * try {
 *   composeStop()
 * } catch (error) {
 *   if (error instanceof EventModelError) console.log(error.code) // closed
 * }
 * ```
 */
export class EventModelError extends BlueskyError {
  protected static readonly kind: string = 'EventModelError'
  override readonly name: string = 'EventModelError'

  static override [Symbol.hasInstance](error: unknown): boolean {
    if (!(error instanceof BlueskyError)) return false
    if (Object.prototype.isPrototypeOf.call(this.prototype, error)) return true
    // a class that somebody derives from these has no kind of its own
    if (!Object.hasOwn(this, 'kind')) return false
    for (let name: string | undefined = error.name; name; name = parents.get(name)) {
      if (name === this.kind) return true
    }
    return false
  }
}

/**
 * A document or argument that can't be used; its `code` is `bad-document` or `missing-document`. Mirrors
 * `event_model.EventModelValueError`, and stands for the plain `ValueError`, `KeyError` and
 * `AssertionError` that event_model raises in such places too.
 *
 * @example
 * ```ts
 * import { EventModelValueError, packEventPage } from '@prompt-papermill/core'
 *
 * try {
 *   packEventPage()
 * } catch (error) {
 *   console.log(error instanceof EventModelValueError) // true
 * }
 * ```
 */
export class EventModelValueError extends EventModelError {
  protected static override readonly kind: string = 'EventModelValueError'
  override readonly name: string = 'EventModelValueError'

  constructor(
    message: string,
    code: Extract<BlueskyErrorCode, 'bad-document' | 'missing-document'> = 'bad-document',
  ) {
    super(code, message)
  }
}

/** One thing that is wrong with a document, as `validateDocument` says it. */
export interface EventModelIssue {
  /** Where, from the document `$`: such as `$.data_keys.det.shape[0]`. */
  readonly path: string
  /** What would be right there, to be read behind the path: such as `must be integer`. */
  readonly message: string
  /** JSON schema's word for what is not met: such as `type` or `required`. */
  readonly keyword: string
}

/**
 * A composed document breaks event-model's schema, or its data keys don't agree with those of its
 * descriptor; its `code` is `bad-document`. Mirrors `event_model.EventModelValidationError`, and stands
 * for `jsonschema.ValidationError`, which Python raises for the schema.
 *
 * @example
 * ```ts
 * import { composeRun, EventModelValidationError } from '@prompt-papermill/core'
 *
 * try {
 *   composeRun({ metadata: { scan_id: 'twelve' } })
 * } catch (error) {
 *   if (error instanceof EventModelValidationError) console.log(error.issues[0]?.path) // $.scan_id
 * }
 * ```
 */
export class EventModelValidationError extends EventModelError {
  protected static override readonly kind: string = 'EventModelValidationError'
  override readonly name: string = 'EventModelValidationError'
  /** What of the schema is not met; empty where the keys don't agree. */
  readonly issues: readonly EventModelIssue[]

  constructor(message: string, issues: readonly EventModelIssue[] = []) {
    super('bad-document', message)
    this.issues = issues
  }
}

/**
 * Data of a page is still in external files; its `code` is `unfilled`. Mirrors `event_model.UnfilledData`.
 *
 * @example
 * ```ts
 * import { UnfilledData } from '@prompt-papermill/core'
 *
 * console.log(new UnfilledData(['image']).fields) // [ 'image' ]
 * ```
 */
export class UnfilledData extends EventModelError {
  protected static override readonly kind: string = 'UnfilledData'
  override readonly name: string = 'UnfilledData'
  /** The data keys that are not filled. */
  readonly fields: readonly string[]

  constructor(fields: readonly string[]) {
    super('unfilled', `data that is still in external files: ${fields.join(', ')}`)
    this.fields = fields
  }
}
