import type { RetryOptions, WaitSchedule } from '@prompt-papermill/core'

import type { Limits } from './config.js'
import type { ConfigWithDefaults } from './schema.js'

type LimitsGiven = NonNullable<ConfigWithDefaults['limits']>
type RetryGiven = NonNullable<ConfigWithDefaults['retry']>
type WaitScheduleGiven = Partial<{ [K in keyof WaitSchedule]: number | undefined }>

/** A notebook's limits: its own where given, the config's else. */
export function limitsOf(given: LimitsGiven | undefined, otherwise: Limits): Limits {
  return {
    notebook: given?.notebook ?? otherwise.notebook,
    cell: given?.cell ?? otherwise.cell,
    memory: given?.memory ?? otherwise.memory,
    output: given?.output ?? otherwise.output,
    launch: given?.launch ?? otherwise.launch,
  }
}

/** An entry's retries: its own where given, the config's else. */
export function retryOf(given: RetryGiven | undefined, otherwise: RetryOptions): RetryOptions {
  return {
    attempts: given?.attempts ?? otherwise.attempts,
    on: given?.on === undefined ? otherwise.on : retryReasons(given.on),
    delay: given?.delay ?? otherwise.delay,
    factor: given?.factor ?? otherwise.factor,
    longest: given?.longest ?? otherwise.longest,
  }
}

/** Each reason without what is not given for it, which would hide what holds for all. */
function retryReasons(on: NonNullable<RetryGiven['on']>): RetryOptions['on'] {
  if (Array.isArray(on)) return on
  return Object.fromEntries(
    Object.entries(on).map(([reason, schedule]) => [reason, withoutUndefined(schedule)]),
  )
}

/** How often and how long an entry waits: its own where given, the config's else. */
export function waitScheduleOf(
  given: WaitScheduleGiven | undefined,
  otherwise: WaitSchedule,
): WaitSchedule {
  return {
    every: given?.every ?? otherwise.every,
    factor: given?.factor ?? otherwise.factor,
    longest: given?.longest ?? otherwise.longest,
    limit: given?.limit ?? otherwise.limit,
  }
}

function withoutUndefined<T extends object>(given: T): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>
  }
}
