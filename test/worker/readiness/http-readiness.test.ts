import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { httpReadiness } from '../../../packages/worker/src/readiness/http-readiness.js'
import { hopeless, look, missing, runWith } from './support.js'

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function probe(url: string, timeout = 10_000, headers: Record<string, string> = {}) {
  return httpReadiness({ url, headers, timeout })
}

describe('waiting for a probe', () => {
  it('ends when it answers 2xx, asked with the values of the run and the headers', async () => {
    const asked: unknown[] = []
    let status = 503
    const at = await serve((request, response) => {
      asked.push([request.url, request.headers.authorization])
      response.writeHead(status).end('some text')
    })
    const readiness = probe(`${at}/ready/$start.sample?scan={$start.scan_id}`, 10_000, {
      Authorization: 'Apikey secret',
    })
    const run = runWith({ sample: 'a/../b c?x=1#y' })
    expect(await look(readiness, run)).toEqual(missing(/^it answers 503$/u))
    status = 204
    expect(await look(readiness, run)).toEqual({ ready: true })
    expect(asked).toEqual(
      Array(2).fill(['/ready/a%2F..%2Fb%20c%3Fx%3D1%23y?scan=1', 'Apikey secret']),
    )
  })

  it('goes on while nobody answers, or not in time', async () => {
    const at = await serve(() => undefined)
    expect(await look(probe(at, 50), runWith())).toEqual(missing('no answer within 0.05 s'))
    expect(await look(probe('http://127.0.0.1:1/'), runWith())).toEqual(
      missing(/^it can't be reached: /u),
    )
  })

  it('has no use for a value that would be a step in the path', async () => {
    const at = await serve((_, response) => response.end())
    const readiness = probe(`${at}/a/{$start.sample}/b`)
    expect(await look(readiness, runWith({ sample: '..' }))).toEqual(hopeless("can't be used here"))
    expect(await look(readiness, runWith())).toEqual(
      hopeless('this run has no $start.sample'.replaceAll('$', '\\$')),
    )
  })

  it.each([
    'http://$start.host/ready',
    'http://ready.{$start.host}/',
    'http://host$start.host',
    'file:///etc/passwd',
    '$start.url',
    'ready',
  ])('is refused for %j, whose host is not the config’s', (url) => {
    expect(() => probe(url)).toThrow('whose host is written out')
  })

  it('does not tell what is secret in its URL', () => {
    const { name } = probe('https://user:password@host/ready?key=secret&uid=$start.uid')
    expect(name).toBe('probe https://host/ready')
  })
})
