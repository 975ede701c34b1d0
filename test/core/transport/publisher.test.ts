import { join } from 'node:path'

import { Proxy, Publisher, RemoteDispatcher } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'
import { listening, proxying, publishing } from './ends.js'
import { runScript } from './script.js'

const { messages } = makeRunDocuments({ events: { primary: 2 } })

describe('a Publisher', () => {
  it('keeps what it is given until a proxy is there, and then sends all in order', async () => {
    const address = `ipc://${join(await temporaryFolder(), 'in.sock')}`
    const publisher = await publishing(address)
    for (const message of messages) publisher.publish(message)
    expect([publisher.connected, publisher.waiting]).toEqual([false, messages.length])
    // who listens is the other end itself, so that nothing can be lost behind it
    const { got, stopped } = await listening(address)
    await stopped
    expect(got).toEqual(messages)
    expect([publisher.connected, publisher.waiting]).toEqual([true, 0])
  })

  it('keeps what it is given while its proxy is away', async () => {
    const proxy = await proxying()
    const publisher = await publishing(proxy.inAddress)
    await publisher.ready()
    const gone = new Promise<void>((resolve) => publisher.once('disconnected', () => resolve()))
    const { inAddress } = proxy
    await proxy.stop()
    await gone
    expect(publisher.connected).toBe(false)
    for (const message of messages) publisher.publish(message)
    const { got, stopped } = await listening(inAddress)
    await stopped
    expect(got).toEqual(messages)
  })

  it('loses what is beyond its backlog, and says how much', async () => {
    const publisher = await publishing('127.0.0.1:1', { backlog: 3, linger: 0 })
    let lost = 0
    publisher.on('lost', (documents) => (lost += documents))
    for (const message of messages) publisher.publish(message)
    expect(lost).toBe(messages.length - 3)
    await publisher.close()
    expect(lost).toBe(messages.length)
  })

  it('loses nothing of a burst to a proxy that is slower, nor when it is closed right behind it', async () => {
    const run = makeRunDocuments({ events: { primary: 20_000 } })
    const proxy = await proxying()
    const { got, stopped, joined } = await listening(proxy.outAddress, 'connect')
    const publisher = await publishing(proxy.inAddress, { serializer: 'json' })
    await publisher.ready()
    await joined
    for (const message of run.messages) publisher.publish(message)
    expect(publisher.waiting).toBe(run.messages.length)
    await publisher.close()
    await stopped
    expect(got.length).toBe(run.messages.length)
  })

  it('has sent everything when its program publishes, closes and exits', async () => {
    const address = `ipc://${join(await temporaryFolder(), 'in.sock')}`
    const { got, stopped } = await listening(address)
    const script = runScript(`
      const publisher = new Publisher(${JSON.stringify(address)})
      await publisher.start()
      const { start, composeStop } = composeRun()
      publisher.publish({ name: 'start', doc: start })
      for (let i = 0; i < 5000; i++) publisher.publish({ name: 'event', doc: { uid: String(i), time: 0,
        descriptor: 'd', seq_num: i + 1, data: {}, timestamps: {} } })
      publisher.publish({ name: 'stop', doc: composeStop() })
      await publisher.close()
      process.exit(3)`)
    const { exitCode, stderr } = await script
    expect([exitCode, stderr]).toEqual([3, ''])
    await stopped
    expect(got.length).toBe(5002)
  })

  it('serves subscribers itself if it binds, and sends a prefix and a format of its own', async () => {
    const publisher = await publishing('127.0.0.1:*', {
      bind: true,
      prefix: 'jpls',
      serializer: (doc) => Buffer.from(JSON.stringify(doc)),
    })
    expect(publisher.address).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/u)
    const dispatcher = new RemoteDispatcher(publisher.address, { prefix: 'jpls', decoder: 'json' })
    onTestFinished(() => dispatcher.stop())
    const stopped = new Promise<void>((resolve) => dispatcher.once('stop', () => resolve()))
    await dispatcher.start()
    await publisher.ready()
    for (const message of messages) publisher.publish(message)
    await stopped
    expect(dispatcher.counts.documents).toBe(messages.length)
  })

  it('takes the documents of a source, as a subscriber', async () => {
    const [from, to] = [await proxying(), await proxying()]
    const first = await publishing(from.inAddress)
    const second = await publishing(to.inAddress, { serializer: 'msgpack' })
    const source = new RemoteDispatcher(from.outAddress)
    onTestFinished(() => source.stop())
    source.subscribe(second)
    const connected = new Promise<void>((resolve) => source.once('connected', () => resolve()))
    await source.start()
    const { got, stopped, joined } = await listening(to.outAddress, 'connect')
    await Promise.all([first.ready(), second.ready(), joined, connected])
    for (const message of messages) first.publish(message)
    await stopped
    expect(got).toEqual(messages)
  })

  it('says what it can not write, and goes on', async () => {
    const publisher = await publishing('127.0.0.1:1', { serializer: 'json', linger: 0 })
    const [start] = messages
    const doc = { ...start!.doc, bytes: new Uint8Array(2) } as never
    expect(() => publisher.publish({ name: 'start', doc })).toThrow('$.bytes')
    publisher.publish(start!)
    expect(publisher.waiting).toBe(1)
  })

  it('refuses everything once it is closed, and tells those who wait for it', async () => {
    const publisher = await publishing('127.0.0.1:1', { linger: 0 })
    const ready = expect(publisher.ready()).rejects.toMatchObject({ code: 'closed' })
    await publisher.close()
    await ready
    expect(() => publisher.publish(messages[0]!)).toThrow('was closed; make a new one')
    await expect(publisher.start()).rejects.toMatchObject({ code: 'closed' })
    await publisher.close()
  })
})

describe("a Publisher's options", () => {
  it.each([
    [{ prefix: 'a b' }, `a prefix can't contain a space: "a b"`],
    [{ serializer: 'yaml' as never }, 'no encoding "yaml"'],
    [{ backlog: 0 }, 'backlog must be an integer of at least 1; it is 0'],
    [{ linger: -1 }, 'linger must be an integer of at least 0; it is -1'],
    [{ bind: true, curve: { secret: 'a', server: 'b' } }, 'curve is for a publisher that connects'],
  ])('are refused where they make no sense: %o', (options, message) => {
    expect(() => new Publisher('localhost:1', options)).toThrow(message)
  })

  it('want an address with a port, which only who binds may leave open', () => {
    expect(() => new Publisher('localhost')).toThrow('"localhost" is not an address')
    expect(() => new Publisher('localhost:*')).toThrow('"localhost:*" is not an address')
    expect(new Publisher('*:*', { bind: true }).address).toBe('tcp://*:*')
  })

  it('say which address is taken', async () => {
    const proxy = new Proxy()
    onTestFinished(() => proxy.stop())
    await proxy.start()
    const publisher = new Publisher(proxy.inAddress, { bind: true })
    await expect(publisher.start()).rejects.toThrow(`0MQ refuses ${proxy.inAddress}: `)
  })
})
