import { setTimeout } from 'node:timers/promises'

import type { XPublisher } from 'zeromq'

import { BlueskyError } from '../../errors/bluesky-error.js'

/** 0MQ takes no more for now; this is asked again after so many milliseconds. */
const breath = 1

/**
 * Gives 0MQ a frame as soon as it takes one; a socket that is closed meanwhile takes none.
 *
 * @throws BlueskyError `connection` if 0MQ fails.
 */
export async function sendFrame(
  socket: XPublisher,
  frame: Uint8Array,
  address: string,
): Promise<void> {
  for (;;) {
    try {
      await socket.send(frame)
      return
    } catch (cause) {
      if (socket.closed) return
      if ((cause as { code?: unknown }).code !== 'EAGAIN') {
        throw new BlueskyError('connection', `0MQ can't send to ${address}`, { cause })
      }
      // the other end is slower, or away: 0MQ is full and says so, and has no event for room
      await setTimeout(breath)
    }
  }
}
