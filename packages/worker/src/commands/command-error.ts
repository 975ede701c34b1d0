/** A command can't go on; the message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'

  /**
   * @param exitCode - 1, or 2 for wrong usage.
   */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message)
  }
}
