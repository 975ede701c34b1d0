import type { AlarmGiven } from './alarm-schema.js'

/** When it is alarming that nothing comes. */
export interface AlarmConfig {
  /** After how many milliseconds without any document there is an alarm. */
  readonly silence: number
  /** Days on which a watch begins, as `Date.getDay` counts them. */
  readonly days: readonly number[]
  /** When on such a day it begins: minutes since midnight, by the machine's clock. */
  readonly from: number
  /** For how many minutes it lasts. */
  readonly minutes: number
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const wholeDay = 24 * 60

/** Fills in what is not given: every day, from midnight to midnight. */
export function compileAlarm(given: AlarmGiven | undefined): AlarmConfig | null {
  if (!given) return null
  const from = minutesOf(given.from ?? '00:00')
  const to = given.to === undefined ? wholeDay : minutesOf(given.to)
  return {
    silence: given.silence,
    days: (given.days ?? dayNames).map((name) => dayNames.indexOf(name)),
    from,
    minutes: to > from ? to - from : to + wholeDay - from,
  }
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
