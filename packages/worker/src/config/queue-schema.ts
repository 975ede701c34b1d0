import { z } from 'zod'

/** The defaults of the queue, in one place. */
export const queueDefaults = {
  kind: 'embedded',
  concurrency: 2,
  capacity: 100_000,
  url: 'redis://localhost:6379',
  prefix: 'prompt-papermill',
} as const

/** What only the queue on Redis has. */
const onlyRedis = ['url', 'username', 'password', 'prefix', 'documents'] as const

/** How jobs are queued and who performs them. */
export const queue = z
  .strictObject({
    kind: z
      .enum(['embedded', 'bullmq'], { error: 'must be embedded or bullmq' })
      .default(queueDefaults.kind)
      .describe(
        'embedded: this process performs all jobs. bullmq: through Redis, other processes do too, also on other hosts.',
      ),
    concurrency: z
      .int()
      .min(1)
      .max(256)
      .default(queueDefaults.concurrency)
      .describe('Jobs at once; with bullmq those of each process.'),
    capacity: z
      .int()
      .min(1)
      .default(queueDefaults.capacity)
      .describe('Jobs that may wait for their turn. More are turned away, and say so.'),
    url: z
      .string()
      .optional()
      .describe(
        `Where Redis is, redis://host:port/db, or rediss:// for TLS. Default ${queueDefaults.url}.`,
      ),
    username: z.string().min(1).optional().describe('For Redis, where it has users.'),
    password: z
      .string()
      .min(1, { error: 'must not be empty' })
      .optional()
      .describe(
        'For Redis; taken from the environment by a $ and the name of a variable in braces.',
      ),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/u, { error: 'must be letters, digits and _ . -' })
      .optional()
      .describe(`Of all keys in Redis: one for each intake. Default ${queueDefaults.prefix}.`),
    documents: z
      .string()
      .min(1, { error: 'must be a path' })
      .optional()
      .describe(
        'The folder for the documents of runs, which all hosts have at this path. Default: .documents below the results.',
      ),
  })
  .superRefine(checkQueue)
  .default({
    kind: queueDefaults.kind,
    concurrency: queueDefaults.concurrency,
    capacity: queueDefaults.capacity,
  })

function checkQueue(
  given: { readonly kind: string; readonly url?: string | undefined },
  context: z.core.$RefinementCtx,
): void {
  const fail = (key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message })
  if (given.kind === 'embedded') {
    for (const key of onlyRedis) {
      if (given[key as keyof typeof given] !== undefined) fail(key, 'is only for `kind: bullmq`')
    }
  } else if (given.url !== undefined) {
    const wrong = wrongAboutUrl(given.url)
    if (wrong !== null) fail('url', wrong)
  }
}

/** What is wrong about the URL of a Redis; null: nothing. It may hold a password, and is not shown. */
function wrongAboutUrl(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !/^rediss?:$/u.test(parsed.protocol) || parsed.hostname === '') {
    return 'must be redis://host:port, or rediss:// for TLS'
  }
  // the variable that it is taken from would reach every notebook
  if (parsed.password !== '' || parsed.username !== '') {
    return 'must have no user or password in it: give `username` and `password` beside it'
  }
  return null
}
