import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  type BlueskyError,
  type CurveFiles,
  Proxy,
  Publisher,
  RemoteDispatcher,
} from '@prompt-papermill/core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { hasPython } from '../../support/python.js'
import {
  everyFormat,
  probe,
  probing,
  pythonDispatchers,
  pythonPublishers,
  realProxy,
  runProgram,
} from './wire.js'

let folder: string
const file = (name: string): string => join(folder, name)
const curveOf = (client: string, server = 'server'): CurveFiles => ({
  secret: file(`${client}.key_secret`),
  server: file(`${server}.key`),
})

/** Refused ways to come, and what is said about each. */
const refusals: readonly (readonly [string, () => CurveFiles | undefined, string])[] = [
  ['a wrong server key', () => curveOf('client', 'other'), 'as for a wrong server key'],
  ['a key that is not listed', () => curveOf('stranger'), "it doesn't take the key of"],
  ['no CURVE at all', () => undefined, 'give curve: { secret, server } with your own'],
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'papermill-test-'))
  if (hasPython) {
    await runProgram('certificates.py', [folder, 'server', 'other', 'client+', 'stranger'])
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The real proxy, with CURVE on one of its sides. */
function guarded(side: 'in' | 'out'): Promise<{ in: string; out: string }> {
  return realProxy(
    ...[`--${side}-curve-secret`, file('server.key_secret')],
    ...[`--${side}-curve-client-keys`, file('listed')],
  )
}

function dispatcherOf(address: string, curve?: CurveFiles): RemoteDispatcher {
  const dispatcher = new RemoteDispatcher(address, { prefix: null, curve })
  onTestFinished(() => dispatcher.stop())
  return dispatcher
}

function publisherOf(address: string, curve?: CurveFiles): Publisher {
  const publisher = new Publisher(address, { curve, linger: 0 })
  onTestFinished(() => publisher.close())
  return publisher
}

/** How the other end refuses who starts. */
async function refusalOf(end: Publisher | RemoteDispatcher): Promise<BlueskyError> {
  const refused = new Promise<BlueskyError>((resolve) => {
    const listener = (_: string, reason: BlueskyError) => resolve(reason)
    if (end instanceof Publisher) end.on('refused', listener)
    else end.on('refused', listener)
  })
  await end.start()
  return refused
}

/** Resolves when a document has come all the way. */
async function arrived(publisher: Publisher, dispatcher: RemoteDispatcher): Promise<void> {
  const seen = new Promise<void>((resolve) => dispatcher.once('start', () => resolve()))
  await Promise.all([publisher.start(), dispatcher.start()])
  await probing((message) => publisher.publish(message), seen)
}

describe.skipIf(!hasPython)('CURVE with the real proxy', () => {
  it('on its out side serves a listed key, and refuses all others with what to do', async () => {
    const proxy = await guarded('out')
    for (const [, curve, said] of refusals) {
      const reason = await refusalOf(dispatcherOf(proxy.out, curve()))
      expect(reason.code).toBe('connection')
      expect(reason.message).toContain(`${proxy.out} refuses the connection`)
      expect(reason.message).toContain(said)
    }
    await arrived(publisherOf(proxy.in), dispatcherOf(proxy.out, curveOf('client')))
  })

  it('on its in side serves a listed key, and refuses all others with what to do', async () => {
    const proxy = await guarded('in')
    for (const [, curve, said] of refusals) {
      const publisher = publisherOf(proxy.in, curve())
      publisher.publish(probe)
      const reason = await refusalOf(publisher)
      expect(reason.message).toContain(said)
      expect([publisher.connected, publisher.waiting]).toEqual([false, 1])
    }
    await arrived(publisherOf(proxy.in, curveOf('client')), dispatcherOf(proxy.out))
  })
})

describe.skipIf(!hasPython)('CURVE with our Proxy', () => {
  /** With CURVE on both sides, which the real one can't have. */
  async function ourProxy(clientKeys = file('listed')): Promise<Proxy> {
    const curve = { secret: file('server.key_secret'), clientKeys }
    const proxy = new Proxy(null, null, { inCurve: curve, outCurve: curve })
    onTestFinished(() => proxy.stop())
    await proxy.start()
    return proxy
  }

  it("on both sides serves Python's ends and ours", async () => {
    const proxy = await ourProxy()
    const files = [file('client.key_secret'), file('server.key')]
    const python = pythonDispatchers(proxy.outAddress, ...files)
    const publishers = pythonPublishers(proxy.inAddress, ...files)
    await arrived(
      publisherOf(proxy.inAddress, curveOf('client')),
      dispatcherOf(proxy.outAddress, curveOf('client')),
    )
    await probing(
      (message) => publishers.publish(message),
      python.until(everyFormat(({ name }) => name === 'start')),
    )
  })

  it.each(refusals)(
    'refuses %s on both sides, and says so at both ends',
    async (_, curve, said) => {
      const proxy = await ourProxy()
      const told = Promise.all(
        [proxy.inAddress, proxy.outAddress].map(
          (side) =>
            new Promise<void>((resolve) =>
              proxy.on('refused', (address, { message }) => {
                if (address === side && message.includes(side)) resolve()
              }),
            ),
        ),
      )
      const [fromIn, fromOut] = await Promise.all([
        refusalOf(publisherOf(proxy.inAddress, curve())),
        refusalOf(dispatcherOf(proxy.outAddress, curve())),
      ])
      expect(fromIn.message).toContain(said)
      expect(fromOut.message).toContain(said)
      await told
    },
  )

  it('lets a client in whose key is added while it runs, by its own further tries', async () => {
    const listed = await mkdtemp(join(folder, 'added-'))
    const proxy = await ourProxy(listed)
    const dispatcher = dispatcherOf(proxy.outAddress, curveOf('client'))
    const reason = await refusalOf(dispatcher)
    expect(reason.message).toContain("it doesn't take the key of")
    const connected = new Promise<void>((resolve) => dispatcher.once('connected', () => resolve()))
    await copyFile(file('client.key'), join(listed, 'client.key'))
    await connected
    expect(dispatcher.connected).toBe(true)
  })

  it('serves only the addresses that are allowed', async () => {
    const curve = { secret: file('server.key_secret'), allow: ['192.0.2.1'] }
    const proxy = new Proxy(null, null, { outCurve: curve })
    onTestFinished(() => proxy.stop())
    const told = new Promise<string>((resolve) =>
      proxy.on('refused', (__, { message }) => resolve(message)),
    )
    await proxy.start()
    const reason = await refusalOf(dispatcherOf(proxy.outAddress, curveOf('client')))
    expect(reason.message).toContain("it doesn't take the key of")
    expect(await told).toContain('a client at 127.0.0.1 was refused: its address is not among')
  })

  it('says which folder or certificate it lacks, and starts when it is there', async () => {
    const folderOfKeys = file('nowhere')
    const curve = { secret: file('server.key'), clientKeys: folderOfKeys }
    const proxy = new Proxy(null, null, { inCurve: curve })
    await expect(proxy.start()).rejects.toThrow(`the folder of client keys, ${folderOfKeys}, can't`)
    curve.clientKeys = file('listed')
    await expect(proxy.start()).rejects.toThrow(`${file('server.key')} has no secret-key`)
    curve.secret = file('server.key_secret')
    await proxy.start()
    await proxy.stop()
  })
})

describe('a connection that is refused', () => {
  it('is told apart from a proxy that is away, and says that it may be the wrong side', async () => {
    const proxy = new Proxy()
    onTestFinished(() => proxy.stop())
    await proxy.start()
    const [fromIn, fromOut] = await Promise.all([
      refusalOf(publisherOf(proxy.outAddress)),
      refusalOf(dispatcherOf(proxy.inAddress)),
    ])
    expect(fromIn.message).toContain('see that this is the in address')
    expect(fromOut.message).toContain('see that this is the out address')
  })

  it.skipIf(!hasPython)('is said too where only this end has CURVE', async () => {
    const proxy = new Proxy()
    onTestFinished(() => proxy.stop())
    await proxy.start()
    const reason = await refusalOf(dispatcherOf(proxy.outAddress, curveOf('client')))
    // who notices first that the other speaks something else decides what can be known
    expect(reason.message).toMatch(/it speaks no CURVE|see that it has one/u)
  })

  it('is said once, and tried again each second', async () => {
    const server = await tcpServer((socket) => socket.end())
    const dispatcher = dispatcherOf(server.address)
    let said = 0
    dispatcher.on('refused', () => (said += 1))
    const began = performance.now()
    await dispatcher.start()
    await server.connections(4)
    expect(performance.now() - began).toBeGreaterThan(1900)
    expect(said).toBe(1)
  })

  it('is not said of a machine that is silent', async () => {
    const server = await tcpServer(() => undefined)
    const dispatcher = dispatcherOf(server.address)
    let said = 0
    dispatcher.on('refused', () => (said += 1))
    await dispatcher.start()
    await server.connections(2)
    expect([said, dispatcher.connected]).toEqual([0, false])
  })
})

/** What is no 0MQ at all. */
async function tcpServer(serve: (socket: Socket) => void) {
  let count = 0
  let wake = (): void => undefined
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    serve(socket)
    count += 1
    wake()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async connections(wanted: number): Promise<void> {
      while (count < wanted) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}
