import { describe, expect, it } from 'vitest'

import { ConfigError, parseConfig } from '@prompt-papermill/worker'

const minimal = 'templates: /t\nresults: /data/results\nstate: /s\n'

const queueOf = (queue: string) =>
  parseConfig(`${minimal}queue: ${queue}\n`, '/etc/worker.yml', { REDIS_PASSWORD: 'hidden' })

function problems(queue: string): string {
  try {
    queueOf(queue)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
  }
  throw new Error('the config was taken')
}

describe('the config of the queue', () => {
  it('fills in where Redis is, and keeps documents below the results, which all hosts have', () => {
    expect(queueOf('{ kind: bullmq }').queue).toEqual({
      kind: 'bullmq',
      url: 'redis://localhost:6379',
      username: undefined,
      password: undefined,
      prefix: 'prompt-papermill',
      documents: '/data/results/.documents',
    })
    expect(parseConfig(minimal, '/etc/worker.yml').queue).toEqual({ kind: 'embedded' })
  })

  it('takes the password from the environment, and keeps its variable from notebooks', () => {
    const { queue, kernels } = queueOf(`{ kind: bullmq, password: "\${REDIS_PASSWORD}" }`)
    expect(queue).toMatchObject({ password: 'hidden' })
    expect(kernels.env).toEqual({ REDIS_PASSWORD: undefined })
  })

  it('refuses a password within the URL, and does not show it', () => {
    const message = problems('{ kind: bullmq, url: "redis://:hidden@host:6379" }')
    expect(message).toContain('queue.url: must have no user or password in it')
    expect(message).not.toContain('hidden')
  })

  it('refuses a URL that is none of Redis, a prefix with a colon, and Redis for the embedded queue', () => {
    expect(problems('{ kind: bullmq, url: "http://host" }')).toContain('redis://host:port')
    expect(problems('{ kind: bullmq, url: nowhere }')).toContain('redis://host:port')
    expect(problems('{ kind: bullmq, prefix: "a:b" }')).toContain('queue.prefix: must be letters')
    expect(problems('{ url: "redis://host" }')).toContain('queue.url: is only for `kind: bullmq`')
    expect(problems('{ kind: bullmq, prefx: a }')).toContain('did you mean "prefix"')
  })
})
