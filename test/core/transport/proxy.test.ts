import { join } from 'node:path'

import { BlueskyError, Proxy } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { curveKeyPair, Subscriber, XPublisher as Sender } from 'zeromq'

import { z85 } from '../../../packages/core/src/transport/proxy/z85.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { listening, proxying, publishing } from './ends.js'
import { runScript } from './script.js'

const { messages } = makeRunDocuments({ events: { primary: 2 } })

describe('a Proxy', () => {
  it('takes free ports of this machine, and tells them', async () => {
    const proxy = new Proxy()
    expect([proxy.inAddress, proxy.outAddress]).toEqual(['tcp://127.0.0.1:*', 'tcp://127.0.0.1:*'])
    onTestFinished(() => proxy.stop())
    await proxy.start()
    expect(proxy.inAddress).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/u)
    expect(proxy.outAddress).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/u)
    expect(proxy.inAddress).not.toBe(proxy.outAddress)
  })

  it('gives every subscriber what every publisher sends, over Unix sockets too', async () => {
    const folder = await temporaryFolder()
    const proxy = new Proxy(`ipc://${join(folder, 'in')}`, `ipc://${join(folder, 'out')}`)
    onTestFinished(() => proxy.stop())
    await proxy.start()
    const subscribers = await Promise.all([1, 2].map(() => listening(proxy.outAddress, 'connect')))
    await Promise.all(subscribers.map(({ joined }) => joined))
    const [one, other] = [await publishing(proxy.inAddress), await publishing(proxy.inAddress)]
    await Promise.all([one.ready(), other.ready()])
    for (const message of messages.slice(0, -1)) one.publish(message)
    await one.close()
    // two publishers have no order between them, so that the second waits for the first's documents
    while (subscribers.some(({ got }) => got.length < messages.length - 1)) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    other.publish(messages.at(-1)!)
    await Promise.all(subscribers.map(({ stopped }) => stopped))
    for (const { got } of subscribers) expect(got).toEqual(messages)
  })

  it('forwards whatever comes, byte for byte', async () => {
    const proxy = await proxying()
    const [publisher, subscriber] = [new Sender({ linger: 0 }), new Subscriber({ linger: 0 })]
    onTestFinished(() => {
      publisher.close()
      subscriber.close()
    })
    subscriber.subscribe('')
    const joined = new Promise<void>((resolve) =>
      subscriber.events.on('handshake', () => resolve()),
    )
    subscriber.connect(proxy.outAddress)
    publisher.connect(proxy.inAddress)
    // the proxy's subscription, which comes without anybody behind the proxy
    expect(await publisher.receive()).toEqual([Buffer.from([1])])
    await joined
    const parts = [Buffer.from([0, 255, 32, 10]), Buffer.alloc(100_000, 7), Buffer.alloc(0)]
    await publisher.send(parts)
    expect(await subscriber.receive()).toEqual(parts)
  })

  it('can be started again, and others can have its addresses once it has stopped', async () => {
    const first = await proxying()
    const { inAddress, outAddress } = first
    const second = new Proxy(inAddress, outAddress)
    onTestFinished(() => second.stop())
    const failing = second.start()
    await expect(failing).rejects.toThrow(`the proxy can't listen at ${inAddress}: `)
    await expect(failing).rejects.toBeInstanceOf(BlueskyError)
    const ended = new Promise<unknown>((resolve) => first.once('end', resolve))
    await first.stop()
    expect(await ended).toBeNull()
    await second.start()
    expect([second.inAddress, second.outAddress]).toEqual([inAddress, outAddress])
    await first.start()
    expect(first.inAddress).not.toBe(inAddress)
  })

  it('is stopped as often as one likes, also before it has started and while it does', async () => {
    const proxy = new Proxy()
    await proxy.stop()
    const starting = proxy.start()
    await proxy.stop()
    await starting
    await proxy.stop()
  })

  it('does not keep a process from its end', async () => {
    const start = 'await new Proxy().start();'
    const [exits, throws] = await Promise.all([
      runScript(`${start} process.exit(3)`),
      runScript(`${start} setTimeout(() => { throw new Error('a bug') })`),
    ])
    expect(exits.exitCode).toBe(3)
    expect(throws.exitCode).toBe(1)
    expect(throws.stderr).toContain('a bug')
  })

  it('can be started and stopped hundreds of times, and has its addresses free each time', async () => {
    const { exitCode, stderr } = await runScript(`
      const first = new Proxy()
      await first.start()
      const { inAddress, outAddress } = first
      await first.stop()
      for (let i = 0; i < 500; i++) {
        const proxy = new Proxy(inAddress, outAddress)
        await proxy.start()
        await proxy.stop()
        if (i % 50 === 0) gc()
      }
      process.exit(3)`)
    expect([exitCode, stderr]).toEqual([3, ''])
  })

  it('leaves a thread for files, or says that there is none', async () => {
    const { stdout } = await runScript(
      `
      const all = [new Proxy(), new Proxy()]
      const results = await Promise.allSettled(all.map((proxy) => proxy.start()))
      const refused = results.findIndex(({ status }) => status === 'rejected')
      console.log(results[refused].reason.message)
      await all[refused].start().catch(({ code }) => console.log(code))
      await all[1 - refused].stop()
      await all[refused].start()
      await all[refused].stop()
      console.log('done')`,
      { UV_THREADPOOL_SIZE: '2' },
    )
    const [message, code, done] = stdout.split('\n')
    expect(message).toContain('set the environment variable UV_THREADPOOL_SIZE higher')
    expect([code, done]).toEqual(['connection', 'done'])
  })

  it('refuses addresses and options that make no sense', () => {
    expect(() => new Proxy('nowhere')).toThrow('"nowhere" is not an address')
    expect(() => new Proxy(null, 'tcp://*')).toThrow('"tcp://*" is not an address')
    expect(() => new Proxy(null, null, { backlog: 0 })).toThrow('backlog must be at least 1')
  })
})

describe('Z85', () => {
  it("writes RFC 32's example, and keys as 0MQ does", () => {
    const example = new Uint8Array([0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b])
    expect(z85(example)).toBe('HelloWorld')
    expect(z85(new Uint8Array(32))).toHaveLength(curveKeyPair().publicKey.length)
    expect(z85(new Uint8Array([255, 255, 255, 255]))).toBe('%nSc0')
  })
})
