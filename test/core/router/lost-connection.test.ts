import { type DocumentMessage, RemoteDispatcher, type Run, RunRouter } from '@prompt-papermill/core'
import { FakeSource } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

import { publishing } from '../../support/dispatching.js'
import { frameOf } from '../../support/frames.js'
import { Relay } from '../../support/relay.js'
import { documentsOf } from '../../support/tracking.js'

const framesOf = (messages: readonly DocumentMessage[]): Uint8Array[] =>
  messages.map((message) => frameOf(message))

describe('a connection that is lost', () => {
  it('is noticed where it is half open, and the runs that were open know it', async () => {
    const publisher = await publishing()
    const relay = await Relay.to(publisher.address)
    const dispatcher = new RemoteDispatcher(relay.address)
    onTestFinished(() => dispatcher.stop())
    const router = new RunRouter()
    dispatcher.subscribe(router)
    dispatcher.on('disconnected', () => router.connectionLost())
    await dispatcher.start()
    const messages = documentsOf('a')
    const first = new Promise((resolve) => dispatcher.once('event', resolve))
    await publisher.send(framesOf(messages.slice(0, 3)))
    await first
    const interrupted = new Promise<Run>((resolve) => router.events.on('interrupted', resolve))
    const again = new Promise((resolve) => dispatcher.once('connected', resolve))
    relay.goSilent()
    // published into the silence
    await publisher.send(framesOf(messages.slice(3, 4)))
    const run = await interrupted
    expect([run.uid, run.interruptions]).toEqual(['a', 1])
    await again
    const stopped = new Promise((resolve) => router.events.once('stopped', resolve))
    // the publisher has not noticed that its first subscriber is gone
    await publisher.send(framesOf(messages.slice(4)), 2)
    await stopped
    expect([run.complete, run.gaps]).toEqual([false, [{ stream: 'primary', from: 2, to: 2 }]])
  })

  it('is told of each run that is open then, and of no other', async () => {
    const source = new FakeSource()
    const router = new RunRouter()
    source.subscribe(router)
    source.on('disconnected', () => router.connectionLost())
    await source.start()
    const said: string[] = []
    router.events.on('interrupted', ({ uid, interruptions }) =>
      said.push(`${uid} ${interruptions}`),
    )
    source.send(...documentsOf('stopped'), documentsOf('a')[0]!, documentsOf('b')[0]!)
    source.emit('disconnected', 'proxy')
    source.send(documentsOf('c')[0]!)
    source.emit('disconnected', 'proxy')
    expect(said).toEqual(['a 1', 'b 1', 'a 2', 'b 2', 'c 1'])
  })
})
