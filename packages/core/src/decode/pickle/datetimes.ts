import { PyDateTime, type PyDateTimeParts } from '../../documents/values/py-datetime.js'
import { PyTimeDelta } from '../../documents/values/py-timedelta.js'
import { OpaqueObject } from '../../documents/values/opaque-object.js'
import type { Budget } from '../budget.js'
import { failure } from '../failure.js'
import type { WallTime } from '../zone-offsets.js'
import { bytesOf } from './bytes.js'
import { type BuildContext, type Constructor, PickledZone } from './internal.js'

/** The classes of Python's `datetime`; they pickle as their bytes (`datetime.__reduce_ex__`). */
export const datetimeConstructors: readonly (readonly [string, Constructor])[] = [
  ['datetime.datetime', makeDateTime],
  ['datetime.date', makeDate],
  ['datetime.time', makeTime],
  ['datetime.timedelta', makeTimeDelta],
  ['datetime.timezone', makeTimeZone],
]

function makeDateTime(args: readonly unknown[], { budget }: BuildContext): unknown {
  const state = stateOf(args[0], budget)
  if (state?.length !== 10) return undefined
  const [y1 = 0, y0 = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = state
  const wall: WallTime = {
    year: y1 * 256 + y0,
    month: month & 0x7f,
    day,
    hour,
    minute,
    second,
    fold: month > 0x7f ? 1 : 0,
  }
  return finish('datetime', wall, microseconds(state, 7), args[1])
}

function makeDate(args: readonly unknown[], { budget }: BuildContext): unknown {
  const state = stateOf(args[0], budget)
  if (state?.length !== 4) return undefined
  const [y1 = 0, y0 = 0, month = 0, day = 0] = state
  return made({ kind: 'date', year: y1 * 256 + y0, month, day })
}

function makeTime(args: readonly unknown[], { budget }: BuildContext): unknown {
  const state = stateOf(args[0], budget)
  if (state?.length !== 6) return undefined
  const [hour = 0, minute = 0, second = 0] = state
  const fold = hour > 0x7f ? 1 : 0
  const wall: WallTime = { year: 0, month: 0, day: 0, hour: hour & 0x7f, minute, second, fold }
  return finish('time', wall, microseconds(state, 3), args[1])
}

/** The bytes that a date or time pickles as: at most ten. */
function stateOf(value: unknown, budget: Budget): Uint8Array | undefined {
  return typeof value === 'string' && value.length > 10 ? undefined : bytesOf(value, budget)
}

/** Adds the offset, or gives it up: a time of unknown zone must not look like one without any. */
function finish(
  kind: 'datetime' | 'time',
  wall: WallTime,
  microsecond: number,
  zone: unknown,
): unknown {
  const { fold, ...clock } = wall
  const naive = made({ kind, ...clock, microsecond })
  if (zone === undefined || zone === null) return naive
  const offset =
    zone instanceof PickledZone
      ? zone.offsetAt(kind === 'time' ? null : { ...clock, fold })
      : undefined
  if (offset === undefined) {
    return zone instanceof OpaqueObject
      ? new OpaqueObject('datetime', kind, [naive.isoformat(), zone])
      : undefined
  }
  return offset === null ? naive : made({ kind, ...clock, microsecond, offset })
}

/** @throws BlueskyError `bad-payload` where Python says ValueError. */
function made(parts: PyDateTimeParts): PyDateTime {
  try {
    return new PyDateTime(parts)
  } catch (error) {
    throw failure('bad-payload', (error as Error).message, error)
  }
}

function microseconds(state: Uint8Array, at: number): number {
  const [high = 0, middle = 0, low = 0] = state.subarray(at, at + 3)
  return high * 65536 + middle * 256 + low
}

function makeTimeDelta(args: readonly unknown[]): unknown {
  const [days = 0, seconds = 0, microsecond = 0] = args
  if (!isWhole(days) || !isWhole(seconds) || !isWhole(microsecond)) return undefined
  const delta = new PyTimeDelta(days, seconds, microsecond)
  if (Math.abs(delta.days) > 999_999_999) {
    throw failure('bad-payload', `a timedelta of ${delta.days} days`)
  }
  return delta
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function makeTimeZone(args: readonly unknown[]): unknown {
  const [offset] = args
  if (!(offset instanceof PyTimeDelta)) return undefined
  if (Math.abs(offset.totalSeconds()) >= 86_400) {
    throw failure('bad-payload', 'a timezone that is a day or more from UTC')
  }
  return PickledZone.fixed(new OpaqueObject('datetime', 'timezone', args), offset)
}
