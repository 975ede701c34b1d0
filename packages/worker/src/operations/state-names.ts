/** Where jobs stand, as people name it. */
export const stateNames = [
  'queued',
  'waiting',
  'running',
  'succeeded',
  'no-data',
  'skipped',
  'failed',
  'cancelled',
] as const

/** See {@link stateNames}. */
export type StateName = (typeof stateNames)[number]
