import type { AlarmConfig } from '../config/compile-alarm.js'

const minute = 60_000
const day = 24 * 60 * minute

/**
 * Since when silence counts, at a time: when the watch began that is on now, with those right before it. Null:
 * none is on.
 */
export function watchedSince(config: AlarmConfig, now: Date): Date | null {
  const longest = Math.ceil(config.silence / day) + 1
  let since: Date | null = null
  for (let ago = 0; ago <= longest; ago += 1) {
    const from = beginning(config, now, ago)
    if (from > now) continue
    const isWatchDay = config.days.includes(from.getDay())
    const until = from.getTime() + config.minutes * minute
    const isOn = isWatchDay && until >= (since ?? now).getTime()
    if (isOn) since = from
    // today's may be over, and yesterday's go on
    else if (since !== null || ago > 1) break
  }
  return since
}

/** When the watch begins, on the day so many days ago: by the clock on the wall, also when that is changed. */
function beginning({ from }: AlarmConfig, now: Date, ago: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago, 0, from)
}
