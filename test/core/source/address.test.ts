import { BlueskyError, normalizeAddress, RemoteDispatcher } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

describe('an address', () => {
  it.each([
    ['localhost:5578', 'tcp://localhost:5578'],
    ['xf12id1-ws2.nsls2.bnl.gov:1', 'tcp://xf12id1-ws2.nsls2.bnl.gov:1'],
    ['tcp://10.0.0.1:65535', 'tcp://10.0.0.1:65535'],
    ['[::1]:5578', 'tcp://[::1]:5578'],
    ['ipc:///tmp/proxy.sock', 'ipc:///tmp/proxy.sock'],
  ])('%s is read as %s', (given, full) => {
    expect(normalizeAddress(given)).toBe(full)
  })

  it.each([
    '',
    'localhost',
    'localhost:',
    'localhost:0',
    'localhost:65536',
    'localhost:5578/path',
    ' localhost:5578',
    'local host:5578',
    'http://localhost:5578',
    'tcp://:5578',
    'ipc://',
    '5578',
  ])('%j is refused, with an example of one', (given) => {
    const make = (): unknown => new RemoteDispatcher(given)
    expect(make).toThrow(BlueskyError)
    expect(make).toThrow(`"${given}" is not an address; write host:port`)
  })
})
