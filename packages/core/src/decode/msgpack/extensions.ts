import { OpaqueObject } from '../../documents/values/opaque-object.js'
import { PyDateTime } from '../../documents/values/py-datetime.js'
import { failure } from '../failure.js'

/** The first and the last second that Python's `datetime` has: of the years 1 and 9999. */
const earliest = -62_135_596_800
const latest = 253_402_300_799

/**
 * What a MessagePack extension stands for: a timestamp (-1) a datetime in UTC, to the microsecond below;
 * any other an opaque `msgpack.ExtType(code, bytes)`.
 *
 * @throws BlueskyError `bad-payload` for a timestamp that isn't one.
 */
export function readExtension(type: number, bytes: Uint8Array): PyDateTime | OpaqueObject {
  return (
    (type === -1 ? readTimestamp(bytes) : undefined) ??
    new OpaqueObject('msgpack', 'ExtType', [type, bytes])
  )
}

/** @returns undefined for one that no datetime is as early or late as. */
function readTimestamp(bytes: Uint8Array): PyDateTime | undefined {
  const [seconds, nanoseconds] = timestampParts(bytes)
  if (nanoseconds > 999_999_999) {
    throw failure('bad-payload', 'msgpack: a timestamp of more than 999999999 nanoseconds')
  }
  if (seconds < earliest || seconds > latest) return undefined
  const date = new Date(seconds * 1000)
  return new PyDateTime({
    kind: 'datetime',
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: Math.floor(nanoseconds / 1000),
    offset: 0,
  })
}

function timestampParts(bytes: Uint8Array): [seconds: number, nanoseconds: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (bytes.length) {
    case 4:
      return [view.getUint32(0), 0]
    case 8: {
      const high = view.getUint32(0)
      return [(high & 3) * 2 ** 32 + view.getUint32(4), high >>> 2]
    }
    case 12:
      return [Number(view.getBigInt64(4)), view.getUint32(0)]
    default:
      throw failure('bad-payload', `msgpack: a timestamp of ${bytes.length} bytes`)
  }
}
