import { RemoteDispatcher, RunRouter } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

import { publishing, stopped } from '../../support/dispatching.js'
import { frameOf } from '../../support/frames.js'
import type { PublishingSocket } from '../../support/publishing-socket.js'

const { messages } = makeRunDocuments({ events: { primary: 2 } })
const frames = messages.map((message) => frameOf(message))

async function dispatchingFrom(publishers: readonly PublishingSocket[]): Promise<RemoteDispatcher> {
  const dispatcher = new RemoteDispatcher(publishers.map(({ address }) => address))
  onTestFinished(() => dispatcher.stop())
  await dispatcher.start()
  return dispatcher
}

function heard(dispatcher: RemoteDispatcher, event: 'connected' | 'disconnected'): Promise<string> {
  return new Promise((resolve) => dispatcher.once(event, resolve))
}

describe('a RemoteDispatcher with several addresses', () => {
  it('receives from all of them; a router takes what comes twice once', async () => {
    const publishers = [await publishing(), await publishing()]
    const dispatcher = await dispatchingFrom(publishers)
    const router = new RunRouter()
    dispatcher.subscribe(router)
    const runs: unknown[] = []
    router.events.on('stopped', ({ complete, events }) => runs.push({ complete, events }))
    for (const frame of frames) {
      for (const publisher of publishers) {
        const came = new Promise<void>((resolve) => dispatcher.once('document', () => resolve()))
        await publisher.send([frame])
        await came
      }
    }
    expect(dispatcher.counts.documents).toBe(2 * frames.length)
    expect(runs).toEqual([{ complete: true, events: { primary: 2 } }])
  })

  it('is connected while all are, and says which comes and goes', async () => {
    const [first, second] = [await publishing(), await publishing()]
    const away = second.address
    const urls = [`tcp://${first.address}`, `tcp://${away}`]
    await second.close()
    const dispatcher = new RemoteDispatcher([first.address, away])
    onTestFinished(() => dispatcher.stop())
    expect(dispatcher.addresses).toEqual(urls)
    expect(dispatcher.description).toBe(`0MQ ${urls.join(', ')}`)
    const one = heard(dispatcher, 'connected')
    await dispatcher.start()
    expect([await one, dispatcher.connected]).toEqual([urls[0], false])
    const other = heard(dispatcher, 'connected')
    const again = await publishing(away)
    expect([await other, dispatcher.connected]).toEqual([urls[1], true])
    const gone = heard(dispatcher, 'disconnected')
    await again.close()
    expect([await gone, dispatcher.connected]).toEqual([urls[1], false])
    const last = stopped(dispatcher)
    await first.send(frames)
    await last
  })

  it('says which address 0MQ refuses, and leaves nothing behind', async () => {
    const publisher = await publishing()
    const long = `ipc:///${'x'.repeat(200)}`
    const before = process.listenerCount('exit')
    const dispatcher = new RemoteDispatcher([publisher.address, long])
    for (const _ of [1, 2]) {
      await expect(dispatcher.start()).rejects.toMatchObject({
        code: 'connection',
        message: `0MQ refuses ${long}`,
        cause: { code: 'ENAMETOOLONG' },
      })
    }
    expect(process.listenerCount('exit')).toBe(before)
    await publisher.subscribers(0)
    await dispatcher.stop()
  })

  it('may be within its process, and ends though the other end stays', async () => {
    const publisher = await publishing('inproc://remote-dispatcher')
    const dispatcher = await dispatchingFrom([publisher])
    const last = stopped(dispatcher)
    await publisher.send(frames)
    await last
    await dispatcher.stop()
  })

  it.each([
    [[], 'there is no address in the list'],
    [['localhost:5578', 'tcp://localhost:5578'], 'tcp://localhost:5578 is in the list twice'],
    [['localhost:5578', 'localhost'], '"localhost" is not an address'],
  ])('does not take the list %j', (addresses, message) => {
    expect(() => new RemoteDispatcher(addresses)).toThrow(message)
  })
})

describe('the longest frame', () => {
  it.each([0, -1, 2 ** 32, 1.5, NaN])('can not be %s bytes', (maxFrameBytes) => {
    expect(() => new RemoteDispatcher('localhost:1', { maxFrameBytes })).toThrow(
      `maxFrameBytes must be from 1 to 4294966272; it is ${maxFrameBytes}`,
    )
  })
})
