import { writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

import { type DocumentMessage, RemoteDispatcher } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { curveKeyPair } from 'zeromq'

import { dispatching, publishing, stopped } from '../../support/dispatching.js'
import { frameOf } from '../../support/frames.js'
import { PublishingSocket } from '../../support/publishing-socket.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const { messages } = makeRunDocuments({ events: { primary: 2 } })
const frames = messages.map((message) => frameOf(message))

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

describe("a RemoteDispatcher's connection", () => {
  it('survives a frame beyond its limit, which costs it the connection', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher, { maxFrameBytes: 1000 })
    const gone = new Promise<void>((resolve) => dispatcher.once('disconnected', () => resolve()))
    await publisher.send([` start ${'x'.repeat(5000)}`])
    await gone
    await publisher.subscribers(0)
    const last = stopped(dispatcher)
    await publisher.send(frames)
    await last
    expect(dispatcher.counts.documents).toBe(messages.length)
  })

  it('finds a proxy that starts after it, and one that was restarted', async () => {
    const first = await publishing()
    const { address } = first
    await first.close()
    const dispatcher = new RemoteDispatcher(address)
    onTestFinished(() => dispatcher.stop())
    await dispatcher.start()
    expect(dispatcher.connected).toBe(false)
    for (const _ of [1, 2]) {
      const last = stopped(dispatcher)
      const publisher = await publishing(address)
      await publisher.send(frames)
      await last
      expect(dispatcher.connected).toBe(true)
      const gone = new Promise<void>((resolve) => dispatcher.once('disconnected', () => resolve()))
      await publisher.close()
      await gone
      expect(dispatcher.connected).toBe(false)
    }
    expect(dispatcher.counts.documents).toBe(2 * messages.length)
  })

  it('can be started again after it was stopped', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher)
    const first = stopped(dispatcher)
    await publisher.send(frames)
    await first
    await dispatcher.stop()
    expect(dispatcher.connected).toBe(false)
    await publisher.subscribers(0)
    const second = stopped(dispatcher)
    await dispatcher.start()
    await publisher.send(frames)
    await second
    expect(dispatcher.counts.documents).toBe(2 * messages.length)
  })

  it('leaves no socket behind when it is stopped while it starts', async () => {
    const publisher = await publishing()
    const dispatcher = new RemoteDispatcher(publisher.address)
    const starting = dispatcher.start()
    await dispatcher.stop()
    await starting
    expect(dispatcher.connected).toBe(false)
    const reader: DocumentMessage[] = []
    for await (const message of dispatcher) reader.push(message)
    expect(reader).toEqual([])
  })

  it('receives over a Unix socket', async () => {
    const path = join(await temporaryFolder(), 'proxy.sock')
    const publisher = await publishing(`ipc://${path}`)
    const dispatcher = await dispatching(publisher)
    const last = stopped(dispatcher)
    await publisher.send(frames)
    await last
    expect(dispatcher.description).toBe(`0MQ ipc://${path}`)
  })

  it('receives over IPv6 where the machine has it', async () => {
    const host = hasIPv6 ? '[::1]' : '127.0.0.1'
    const publisher = await PublishingSocket.open(`${host}:*`, { ipv6: hasIPv6 })
    onTestFinished(() => publisher.close())
    const dispatcher = await dispatching(publisher)
    const last = stopped(dispatcher)
    await publisher.send(frames)
    await last
    expect(dispatcher.address.startsWith(`tcp://${host}:`)).toBe(true)
  })
})

describe('a RemoteDispatcher with CURVE', () => {
  it('receives with the keys of both sides, and nothing with a wrong one', async () => {
    const [server, client, stranger] = [curveKeyPair(), curveKeyPair(), curveKeyPair()]
    const publisher = await PublishingSocket.open('127.0.0.1:*', {
      curveServer: true,
      curveSecretKey: server.secretKey,
    })
    onTestFinished(() => publisher.close())
    const folder = await temporaryFolder()
    const files = {
      secret: join(folder, 'client.key_secret'),
      server: join(folder, 'server.key'),
      wrong: join(folder, 'wrong.key'),
    }
    await writeFile(files.secret, certificate(client.publicKey, client.secretKey))
    await writeFile(files.server, certificate(server.publicKey))
    await writeFile(files.wrong, certificate(stranger.publicKey))
    const refused = await dispatching(publisher, {
      curve: { secret: files.secret, server: files.wrong },
    })
    const dispatcher = await dispatching(publisher, { curve: files })
    const last = stopped(dispatcher)
    await publisher.send(frames)
    await last
    expect(dispatcher.counts.documents).toBe(frames.length)
    expect([refused.counts.documents, refused.connected]).toEqual([0, false])
  })
})

/** As pyzmq writes it. */
function certificate(publicKey: string, secretKey?: string): string {
  const secret = secretKey === undefined ? '' : `    secret-key = "${secretKey}"\n`
  return `#   ****  Generated by pyzmq  ****\n\nmetadata\ncurve\n    public-key = "${publicKey}"\n${secret}`
}
