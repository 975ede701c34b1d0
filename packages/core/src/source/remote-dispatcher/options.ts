import {
  type FrameReaderOptions,
  type FrameReaderOptionsWithDefaults,
  withFrameReaderDefaults,
} from '../../decode/frame-reader.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import type { CurveFiles } from './curve.js'
import { longestFrame, usualBacklog } from './socket-settings.js'

/** How a {@link RemoteDispatcher} receives and reads. */
export interface RemoteDispatcherOptions extends FrameReaderOptions {
  /**
   * Frames that are held while the program is busy, from all addresses together. What comes beyond it is
   * thrown away, which `lost` tells, and shows as gaps.
   *
   * @defaultValue 200000
   */
  backlog?: number
  /**
   * The longest frame in bytes, up to 4 GiB less 1 KiB; a longer one ends the connection, which comes back by
   * itself.
   *
   * @defaultValue 268435456 (256 MiB)
   */
  maxFrameBytes?: number
  /**
   * Encryption and authentication by CURVE, with pyzmq's certificate files.
   *
   * @defaultValue none
   */
  curve?: CurveFiles | undefined
}

/** A batch of frames has lengths of 32 bits. */
const mostFrameBytes = 2 ** 32 - 1024

/** {@link RemoteDispatcherOptions} with the defaults filled in. */
export type RemoteDispatcherOptionsWithDefaults = FrameReaderOptionsWithDefaults & {
  backlog: number
  maxFrameBytes: number
  curve: CurveFiles | undefined
}

/** The defaults of {@link RemoteDispatcherOptions}, in one place. */
export function withRemoteDispatcherDefaults(
  options: RemoteDispatcherOptions,
): RemoteDispatcherOptionsWithDefaults {
  const filled = {
    ...withFrameReaderDefaults(options),
    backlog: options.backlog ?? usualBacklog,
    maxFrameBytes: options.maxFrameBytes ?? longestFrame,
    curve: options.curve,
  }
  if (!Number.isSafeInteger(filled.backlog) || filled.backlog < 1) {
    throw new BlueskyError('bad-option', `backlog must be at least 1; it is ${filled.backlog}`)
  }
  const { maxFrameBytes } = filled
  if (!Number.isSafeInteger(maxFrameBytes) || maxFrameBytes < 1 || maxFrameBytes > mostFrameBytes) {
    throw new BlueskyError(
      'bad-option',
      `maxFrameBytes must be from 1 to ${mostFrameBytes}; it is ${maxFrameBytes}`,
    )
  }
  return filled
}
