/* eslint-disable no-template-curly-in-string -- that is how variables look in the config */
import { describe, expect, it } from 'vitest'

import { ConfigError, configJsonSchema, parseConfig } from '@prompt-papermill/worker'

const minimal = 'templates: /t\nresults: /srv/results\n'

function problems(text: string, environment: NodeJS.ProcessEnv = {}): string {
  try {
    parseConfig(text, '/etc/worker.yml', environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('the config was accepted')
}

describe('a config', () => {
  it('needs nothing but templates and results', () => {
    const config = parseConfig(minimal, '/etc/worker.yml')
    expect(config).toMatchObject({
      sources: [
        {
          address: 'localhost:5578',
          prefix: '',
          decoder: 'auto',
          validate: 'warn',
          backlog: 200_000,
        },
      ],
      templates: '/t',
      results: { root: '/srv/results', pattern: '{plan_name}/{date}/{scan_id}_{uid8}' },
      state: '/srv/state',
      python: 'python3',
      concurrency: 2,
      limits: { notebook: 1_800_000, cell: 600_000, memory: 4 * 1024 ** 3, output: 50 * 1024 ** 2 },
      retry: { attempts: 2, on: ['kernel-died'], delay: 10_000 },
      grace: 30_000,
      http: { host: '127.0.0.1', port: 8580 },
    })
    expect(config.rules).toBeUndefined()
  })

  it('says what is missing', () => {
    expect(problems('templates: /t\n')).toBe(
      '/etc/worker.yml:1: results: is missing, and has no default',
    )
  })

  it('names the nearest known key for an unknown one, with its line', () => {
    expect(problems(`${minimal}quue: { concurrency: 3 }\n`)).toBe(
      '/etc/worker.yml:3: quue: unknown key; did you mean "queue"?',
    )
    expect(
      problems(
        `${minimal}rules:\n  - name: a\n    when: {}\n    notebooks:\n      - templat: a.ipynb\n        template: a.ipynb\n`,
      ),
    ).toBe(
      '/etc/worker.yml:7: rules[0].notebooks[0].templat: unknown key; did you mean "template"?',
    )
    expect(problems(`templates: /t\nresults: { root: /r, patern: x }\n`)).toBe(
      '/etc/worker.yml:2: results.patern: unknown key; did you mean "pattern"?',
    )
  })

  it('tells all problems at once', () => {
    expect(problems('templates: 3\nlimits: { cell: soon }\n').split('\n')).toHaveLength(3)
  })

  it('reads durations and sizes', () => {
    const { limits, grace } = parseConfig(
      `${minimal}limits: { cell: 90s, notebook: 1.5h, memory: 600MiB }\nshutdown: { grace: 250ms }\n`,
      '/etc/worker.yml',
    )
    expect(limits).toMatchObject({ cell: 90_000, notebook: 5_400_000, memory: 600 * 1024 ** 2 })
    expect(grace).toBe(250)
    expect(problems(`${minimal}limits: { cell: soon }\n`)).toContain(
      'limits.cell: must be a duration such as 10s, 30m or 2h',
    )
  })

  it('expands ${VAR} in its own strings, and says which one is unset', () => {
    const text = 'templates: ${HOME_OF_IT}/t\nresults: /r\npython: "$${LITERAL}/bin/python"\n'
    const config = parseConfig(text, '/etc/worker.yml', { HOME_OF_IT: '/home/x' })
    expect(config.templates).toBe('/home/x/t')
    expect(config.python).toBe('/etc/${LITERAL}/bin/python')
    expect(problems(text)).toContain(
      '/etc/worker.yml:1: the environment variable HOME_OF_IT is not set',
    )
  })

  it('takes relative paths from its own folder', () => {
    const config = parseConfig(
      'templates: t\nresults: r\npython: env/bin/python\n',
      '/etc/pp/w.yml',
    )
    expect(config).toMatchObject({
      templates: '/etc/pp/t',
      results: { root: '/etc/pp/r' },
      state: '/etc/pp/state',
      python: '/etc/pp/env/bin/python',
    })
  })

  it('refuses text that is no YAML, with the line', () => {
    expect(problems('templates: [\n')).toMatch(/^\/etc\/worker\.yml:\d+: is no YAML/u)
  })

  it('refuses an address, a pattern and an action that can’t be used', () => {
    expect(problems(`${minimal}source: { address: nowhere }\n`)).toContain('host:port')
    expect(problems('templates: /t\nresults: { root: /r, pattern: ../x }\n')).toContain(
      'results.pattern',
    )
    expect(
      problems(`${minimal}rules: [{ name: a, when: {}, actions: [{ use: logbok }] }]\n`),
    ).toContain('there is no action "logbok"')
  })

  it('refuses a queue that there is not', () => {
    expect(problems(`${minimal}queue: { kind: kafka }\n`)).toContain(
      'queue.kind: must be embedded or bullmq',
    )
  })

  it('has the published JSON Schema', async () => {
    await expect(`${JSON.stringify(configJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      '../../../packages/worker/config.schema.json',
    )
  })
})
