import type { Connection } from './connection.js'
import type { Keys } from './keys.js'
import type { QueueTiming } from './timing.js'

/**
 * Says that this is the intake of a queue. The same one in another life may take it over at once.
 *
 * @returns why it can't be: another one is; null: it is this one.
 */
export async function claimIntake(
  { redis }: Connection,
  keys: Keys,
  identity: string,
  { presence }: QueueTiming,
): Promise<string | null> {
  const free = await redis.set(keys.intake, identity, 'PX', presence * 2, 'NX')
  if (free !== null) return null
  const holder = await redis.get(keys.intake)
  if (holder === identity) {
    await redis.pexpire(keys.intake, presence * 2)
    return null
  }
  return `another intake (${holder ?? 'just gone'}) has this queue, and no job begins here: stop it, or give this one another \`queue.prefix\``
}
