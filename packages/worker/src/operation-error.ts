/** Why an operation can't be done: what was asked makes no sense, is not there, or can't be done to it now. */
export type OperationErrorKind = 'bad-request' | 'not-found' | 'conflict'

/** An operation can't be done; the message says what to do. */
export class OperationError extends Error {
  override readonly name = 'OperationError'

  constructor(
    readonly kind: OperationErrorKind,
    message: string,
  ) {
    super(message)
  }
}
