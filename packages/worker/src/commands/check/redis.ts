import type { Config } from '../../config/config.js'
import type { RedisConfig } from '../../config/compile-queue.js'
import { loadLibraries } from '../../queue/bullmq/libraries.js'
import { type CheckResult, fail, ok, warn } from './check-result.js'

/** How long Redis may take to answer, in milliseconds. */
const patience = 5_000

/** Proves that Redis lets us in and keeps what it is given; nothing with the embedded queue. */
export async function checkRedis({ queue }: Config): Promise<CheckResult[]> {
  if (queue.kind === 'embedded') return []
  try {
    return await askRedis(queue)
  } catch (error) {
    const { message } = error as Error
    return [fail(subject, `${queue.url}: ${message}${adviceFor(message)}`)]
  }
}

const subject = 'queue'

async function askRedis({ url, username, password }: RedisConfig): Promise<CheckResult[]> {
  const { Redis } = await loadLibraries()
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: patience,
    commandTimeout: patience,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  })
  let why = ''
  redis.on('error', ({ message }: Error) => (why = message))
  try {
    await redis.connect().catch((error: unknown) => {
      // what it says itself is only that the connection is closed
      throw why === '' ? error : new Error(why)
    })
    const [persistence, memory, server] = await Promise.all(
      ['persistence', 'memory', 'server'].map((section) => redis.info(section)),
    )
    return judge(url, { ...fieldsOf(persistence), ...fieldsOf(memory), ...fieldsOf(server) })
  } finally {
    redis.disconnect()
  }
}

type Fields = Readonly<Record<string, string | undefined>>

function judge(url: string, fields: Fields): CheckResult[] {
  const version = fields.redis_version ?? ''
  const results = [ok(subject, `${url} answers: Redis ${version}`)]
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 6 || (major === 6 && minor < 2)) {
    results.push(fail('queue: version', `Redis ${version} is too old; it takes 6.2 or later`))
  }
  results.push(
    fields.aof_enabled === '1'
      ? ok('queue: appendonly', 'yes')
      : warn(
          'queue: appendonly',
          'no: when Redis is killed, notebooks that run are broken off and begun anew; set `appendonly yes` in redis.conf',
        ),
  )
  const policy = fields.maxmemory_policy ?? 'unknown'
  results.push(
    policy === 'noeviction'
      ? ok('queue: maxmemory-policy', policy)
      : fail(
          'queue: maxmemory-policy',
          `${policy}: Redis may throw away what is under way; set \`maxmemory-policy noeviction\` in redis.conf`,
        ),
  )
  return results
}

/** What `INFO` says, by its names. */
function fieldsOf(info = ''): Fields {
  return Object.fromEntries(
    info.split('\r\n').flatMap((line) => {
      const at = line.indexOf(':')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
    }),
  )
}

function adviceFor(message: string): string {
  if (/NOAUTH|WRONGPASS|invalid username-password/u.test(message)) {
    return '; give `queue.password`, and `queue.username` where Redis has users'
  }
  if (/npm install/u.test(message)) return ''
  return '; is Redis running there, and is `queue.url` right?'
}
