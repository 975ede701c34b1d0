/* eslint-disable no-template-curly-in-string -- that is how variables look in the config */
import { describe, expect, it } from 'vitest'

import { ConfigError, parseConfig } from '@prompt-papermill/worker'

const minimal = 'templates: /t\nresults: /srv/results\n'
const parse = (text: string, environment: NodeJS.ProcessEnv = {}) =>
  parseConfig(`${minimal}${text}`, '/etc/worker.yml', environment)

function problem(text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('the config was accepted')
}

describe('a Kafka source of the config', () => {
  it('stands beside others, with defaults, and paths from the file’s folder', () => {
    const { sources } = parse(
      'sources:\n  - { address: localhost:5578 }\n  - { kind: kafka, brokers: [kafka:9092], topics: [a], tls: { ca: ca.pem } }\n',
    )
    expect(sources).toMatchObject([
      { address: 'localhost:5578', decoder: 'auto' },
      {
        kind: 'kafka',
        group: 'prompt-papermill',
        from: 'latest',
        decoder: 'msgpack',
        session: 10_000,
        tls: { ca: '/etc/ca.pem' },
      },
    ])
  })

  it('is refused with what is wrong and where', () => {
    expect(problem('source: { kind: kafak, brokers: [a:1], topics: [a] }\n')).toBe(
      '/etc/worker.yml:3: source.kind: must be 0mq or kafka',
    )
    expect(problem('source: { kind: kafka, broker: [a:1], topics: [a] }\n')).toContain(
      'source.broker: unknown key; did you mean "brokers"?',
    )
    expect(problem('source: { kind: kafka, brokers: [a], topics: [a] }\n')).toContain(
      'source.brokers[0]: must be host:port',
    )
    expect(problem('source: { kind: kafka, topics: [a] }\n')).toContain(
      'source.brokers: is missing, and has no default',
    )
    expect(problem('source: { adress: localhost:5578 }\n')).toContain(
      'source.adress: unknown key; did you mean "address"?',
    )
  })

  it('sends no password that anybody can read on the way', () => {
    const sasl = 'sasl: { mechanism: plain, username: a, password: b }'
    const source = (tls: string) =>
      `source: { kind: kafka, brokers: [a:1], topics: [a], ${sasl}, tls: ${tls} }\n`
    expect(problem(source('false'))).toContain('source: mechanism: plain without tls')
    expect(parse(source('true')).sources).toMatchObject([{ tls: true }])
  })

  it('keeps its password from the kernels of notebooks', () => {
    const { kernels } = parse(
      'source: { kind: kafka, brokers: [a:1], topics: [a], sasl: { mechanism: scram-sha-512, username: a, password: "${KAFKA_PASSWORD}" } }\ntiled: { url: http://t, key: "${TILED_KEY}" }\n',
      { KAFKA_PASSWORD: 'x', TILED_KEY: 'y' },
    )
    expect(Object.keys(kernels.env).sort()).toEqual(['KAFKA_PASSWORD', 'TILED_KEY'])
  })
})

describe('the data server of the config', () => {
  it('has defaults, and times in milliseconds and seconds', () => {
    expect(parse('').tiled).toBeNull()
    expect(
      parse('tiled: { url: http://localhost:8000, since: "2026-11-01T00:00:00Z" }\n').tiled,
    ).toEqual({
      url: 'http://localhost:8000',
      path: 'raw',
      apiKey: undefined,
      every: 60_000,
      since: Date.parse('2026-11-01T00:00:00Z') / 1000,
      settle: 10_000,
      overlap: 3_600_000,
      timeout: 30_000,
    })
    expect(parse('tiled: { url: http://t, every: false }\n').tiled).toMatchObject({ every: null })
  })

  it('is refused with what is wrong', () => {
    expect(problem('tiled: { url: localhost }\n')).toContain('tiled.url: must be an address')
    expect(problem('tiled: { url: http://t, since: soon }\n')).toContain(
      'tiled.since: must be a time',
    )
    expect(problem('tiled: { url: http://t, evry: 1m }\n')).toContain('did you mean "every"?')
    expect(problem('tiled: { url: http://t, every: 1ms }\n')).toContain('must be at least 1s')
  })
})
