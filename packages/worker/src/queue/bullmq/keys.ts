/** The keys and channels of our own in Redis, beside those of BullMQ. */
export interface Keys {
  /** The ids of the executors that are, or were lately, there. */
  readonly executors: string
  /** What an executor says of itself. */
  executor(id: string): string
  /** Who the intake is. */
  readonly intake: string
  /** By what executors know the intake's folders. */
  readonly marks: string
  /** Why an attempt is to end. */
  tell(attempt: string): string
  /** Where it is told which attempts are to end. */
  readonly telling: string
}

/** @param prefix - of the config */
export function keysOf(prefix: string): Keys {
  return {
    executors: `${prefix}:executors`,
    executor: (id) => `${prefix}:executor:${id}`,
    intake: `${prefix}:intake`,
    marks: `${prefix}:marks`,
    tell: (attempt) => `${prefix}:tell:${attempt}`,
    telling: `${prefix}:telling`,
  }
}
