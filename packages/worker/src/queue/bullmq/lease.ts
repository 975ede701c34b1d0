import type { Redis } from 'ioredis'

import { queueName } from './messages.js'

/**
 * Holds an attempt: true if whoever has the token still has it. BullMQ's own renewal lets go of an attempt whose lock
 * ran out while Redis was away, or its executor stood still. Here it is taken up again as long as nobody found that out:
 * the attempt is still among the active ones, and its id is used once.
 */
const script = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if not redis.call('LPOS', KEYS[2], ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SREM', KEYS[3], ARGV[3])
return 1`

/** What is held, by whom and for how long. */
export interface Lease {
  readonly prefix: string
  /** The attempt's id. */
  readonly id: string
  /** That BullMQ gave when the attempt was taken. */
  readonly token: string
  /** Milliseconds. */
  readonly duration: number
}

/** Confirms a lease. @returns false if it was lost, for good. */
export async function hold(redis: Redis, { prefix, id, token, duration }: Lease): Promise<boolean> {
  const at = (name: string): string => `${prefix}:${queueName}:${name}`
  const keys = [at(`${id}:lock`), at('active'), at('stalled')]
  return (await redis.eval(script, keys.length, ...keys, token, duration, id)) === 1
}
