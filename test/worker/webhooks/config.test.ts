import { ConfigError, parseConfig } from '@prompt-papermill/worker'
import { expect, it } from 'vitest'

import { secret } from './receiver.ts'

const rules = 'rules: [{ name: one, when: {}, notebooks: [{ template: a.ipynb }] }]'

function configOf(webhooks: string, environment: NodeJS.ProcessEnv = { KEY: secret }) {
  return parseConfig(
    `templates: t\nresults: r\n${rules}\nwebhooks: [${webhooks}]\n`,
    '/tmp/worker.yml',
    environment,
  )
}

function problemOf(webhooks: string, environment?: NodeJS.ProcessEnv): string {
  try {
    configOf(webhooks, environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

it('a webhook has defaults for all but its address and secret', () => {
  const { webhooks } = configOf(`{ url: "https://example.org:8443/a/b", secret: "\${KEY}" }`)
  expect(webhooks).toEqual([
    {
      name: 'example.org:8443',
      url: 'https://example.org:8443/a/b',
      secret,
      on: ['failed', 'alarm'],
      reasons: null,
      rules: null,
      timeout: 10_000,
      retry: { attempts: 8, delay: 1000, factor: 3, longest: 600_000 },
    },
  ])
})

it('a webhook whose secret is not set, or is none, is refused with what to do', () => {
  const hook = `{ url: "https://example.org", secret: "\${KEY}" }`
  expect(problemOf(hook, {})).toContain('the environment variable KEY is not set')
  const weak = problemOf(hook, { KEY: 'password' })
  expect(weak).toContain('webhooks[0].secret: must be whsec_ and at least 24 random bytes')
  expect(weak).not.toContain('password')
  expect(problemOf('{ url: "https://example.org" }')).toContain('webhooks[0].secret: is missing')
})

it('a webhook for a rule that there is not, of a name twice, or to no URL is refused', () => {
  const hook = (extra: string): string => `{ url: "https://a.org", secret: "\${KEY}"${extra} }`
  expect(problemOf(hook(', rules: [two]'))).toContain('there is no rule "two"; there are one')
  expect(problemOf(`${hook('')}, ${hook('')}`)).toContain('two webhooks called a.org')
  expect(problemOf(`{ url: "ftp://a.org", secret: "\${KEY}" }`)).toContain('must be a URL')
  expect(problemOf(hook(', on: [faild]'))).toContain('webhooks[0].on[0]')
})

it('the variable with a webhook’s secret reaches no kernel', () => {
  const { kernels } = configOf(`{ url: "https://example.org", secret: "\${KEY}" }`)
  expect(kernels.env).toEqual({ KEY: undefined })
})
