import { OpaqueObject } from '../../documents/values/opaque-object.js'
import { PyTimeDelta } from '../../documents/values/py-timedelta.js'
import { type BuildContext, type Constructor, PickledZone } from './internal.js'

/** The classes of `tzinfo` in use besides `datetime.timezone`: of zoneinfo, dateutil and pytz. */
export const zoneConstructors: readonly (readonly [string, Constructor])[] = [
  [
    'zoneinfo.ZoneInfo._unpickle',
    (args, context) => named('zoneinfo', 'ZoneInfo', args, 0, context),
  ],
  [
    'backports.zoneinfo.ZoneInfo._unpickle',
    (args, context) => named('zoneinfo', 'ZoneInfo', args, 0, context),
  ],
  ['zoneinfo.ZoneInfo', (args, context) => named('zoneinfo', 'ZoneInfo', args, 0, context)],
  ['dateutil.tz.tz.tzutc', (args) => fixed('dateutil.tz.tz', 'tzutc', args, 0)],
  ['dateutil.tz.tz.tzoffset', (args) => fixed('dateutil.tz.tz', 'tzoffset', args, args[1])],
  ['dateutil.tz.tz.tzlocal', (args) => unknownYet('dateutil.tz.tz', 'tzlocal', args)],
  // (None, file name), and from version 3 on (class, key, file name, data)
  ['dateutil.tz.tz.tzfile', (args, context) => named('dateutil.tz.tz', 'tzfile', args, 1, context)],
  [
    'dateutil.tz._tzfile._unpickle',
    (args, context) => named('dateutil.tz', 'tzfile', args, args[1] === null ? 2 : 1, context),
  ],
  ['pytz._UTC', (args) => fixed('pytz', '_UTC', args, 0)],
  ['pytz.FixedOffset', (args) => fixed('pytz', 'FixedOffset', args, minutes(args[0]))],
  ['pytz._FixedOffset', (args) => fixed('pytz', '_FixedOffset', args, minutes(args[0]))],
  ['pytz._p', makePytzZone],
]

/** No name of a zone is longer, nor the path of its file. */
const longestName = 255

/** pytz: `(zone)` for one that never changes, else with the offset that the datetime has. */
function makePytzZone(args: readonly unknown[], context: BuildContext): unknown {
  return args.length > 1
    ? fixed('pytz', '_p', args, args[1])
    : named('pytz', '_p', args, 0, context)
}

function fixed(
  module: string,
  name: string,
  args: readonly unknown[],
  offset: unknown,
): PickledZone | undefined {
  const isOffset = offset instanceof PyTimeDelta || typeof offset === 'number'
  return isOffset ? PickledZone.fixed(new OpaqueObject(module, name, args), offset) : undefined
}

/** A zone of the database, by the argument at `index`: its name, or a file's path that ends in it. */
function named(
  module: string,
  name: string,
  args: readonly unknown[],
  index: number,
  { zones }: BuildContext,
): PickledZone | undefined {
  const zone = args[index]
  if (typeof zone !== 'string' || zone.length > longestName) return undefined
  const key = zone.replace(/^.*\/zoneinfo\//, '')
  const opaque = new OpaqueObject(module, name, args)
  // a time without a day has no offset in a zone whose offset changes
  return new PickledZone(opaque, (wall) => (wall === null ? null : zones.offsetAt(key, wall)))
}

/** The zone of the sender's machine: its state tells the offset, unless it changes in the year. */
function unknownYet(module: string, name: string, args: readonly unknown[]): PickledZone {
  return new PickledZone(new OpaqueObject(module, name, args), () => undefined)
}

/** Takes over what a zone's state tells: `dateutil.tz.tzlocal` alone has any. */
export function setZoneState(zone: PickledZone, state: unknown): void {
  if (typeof state !== 'object' || state === null) return
  const { _std_offset: offset, _hasdst: changes } = state as Record<string, unknown>
  if (offset instanceof PyTimeDelta && changes === false) zone.setFixed(offset)
}

function minutes(value: unknown): unknown {
  return typeof value === 'number' ? value * 60 : undefined
}
