import type { DocumentByName, DocumentMessage, DocumentName } from '../documents/messages.js'

/** A document's name and the document, as two arguments: narrow the second by the first. */
export type DocumentArguments = {
  [N in DocumentName]: [name: N, doc: DocumentByName[N]]
}[DocumentName]

/**
 * Takes documents, as event_model's callbacks do. Written with {@link DocumentArguments}, its document is
 * narrowed by the name; it is typed as a method, whose arguments may be given that narrower type.
 *
 * @example
 * ```ts
 * import type { DocumentArguments, DocumentCallback } from '@prompt-papermill/core'
 *
 * const print: DocumentCallback = (...[name, doc]: DocumentArguments) => {
 *   if (name === 'start') console.log(doc.plan_name)
 * }
 * print('start', { uid: 'a', time: 0, plan_name: 'count' })
 * ```
 */
export type DocumentCallback = {
  callback(name: DocumentName, doc: DocumentMessage['doc']): void
}['callback']

/** An object that takes documents, such as a router. */
export interface DocumentReceiver {
  /** Takes one document. What it gives back is left to it. */
  dispatch(message: DocumentMessage): unknown
}

/** Gives a document to whoever it is for. */
export function send(to: DocumentCallback | DocumentReceiver, message: DocumentMessage): void {
  if (typeof to === 'function') to(message.name, message.doc)
  else to.dispatch(message)
}
