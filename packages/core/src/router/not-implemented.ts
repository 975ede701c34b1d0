/**
 * What a method gives back that its class has not written, and what yours may give back to leave a document
 * to the method for pages, or for single ones. Stands for Python's `NotImplemented`.
 *
 * @example
 * ```ts
 * import { DocumentRouter, type Event, notImplemented, type Routed } from '@prompt-papermill/core'
 *
 * class Odd extends DocumentRouter {
 *   override event(doc: Event): Routed<Event> {
 *     return doc.seq_num % 2 === 1 ? doc : notImplemented
 *   }
 * }
 * console.log(new Odd() instanceof DocumentRouter) // true
 * ```
 */
export const notImplemented: unique symbol = Symbol.for('@prompt-papermill/core/notImplemented')

/**
 * What a method of a `DocumentRouter` gives back: another document of the same kind; nothing, to pass
 * on the one that it was given; or {@link notImplemented}.
 */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a method without a `return`
export type Routed<Doc> = Doc | void | null | typeof notImplemented
