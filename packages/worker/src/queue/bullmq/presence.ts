import type { Connection } from './connection.js'
import type { Keys } from './keys.js'
import type { QueueTiming } from './timing.js'

/** What an executor says of itself. */
export interface ExecutorCard {
  /** Unique in each life. */
  readonly id: string
  /** For people: its host and process. */
  readonly name: string
  /** How many attempts it performs at once. */
  readonly concurrency: number
}

/** Says that an executor is there; without that for a while, it is not. */
export async function announce(
  { redis }: Connection,
  keys: Keys,
  card: ExecutorCard,
  { presence }: QueueTiming,
): Promise<void> {
  await redis.set(keys.executor(card.id), JSON.stringify(card), 'PX', presence)
  await redis.sadd(keys.executors, card.id)
}

/** Says that an executor takes nothing more. */
export async function withdraw({ redis }: Connection, keys: Keys, id: string): Promise<void> {
  await redis.del(keys.executor(id))
  await redis.srem(keys.executors, id)
}

/** The executors that are there. */
export async function present({ redis }: Connection, keys: Keys): Promise<readonly ExecutorCard[]> {
  const ids = await redis.smembers(keys.executors)
  if (ids.length === 0) return []
  const texts = await redis.mget(ids.map((id) => keys.executor(id)))
  const gone = ids.filter((_, i) => texts[i] === null)
  if (gone.length > 0) await redis.srem(keys.executors, ...gone)
  return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as ExecutorCard]))
}
