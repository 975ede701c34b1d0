import {
  type DocumentMessage,
  frameReader,
  normalizeAddress,
  Proxy,
  type ProxyOptions,
  Publisher,
  type PublisherOptions,
} from '@prompt-papermill/core'
import { onTestFinished } from 'vitest'
import { Subscriber } from 'zeromq'

/** A proxy on free ports that goes when the test does. */
export async function proxying(options: ProxyOptions = {}): Promise<Proxy> {
  const proxy = new Proxy(null, null, options)
  onTestFinished(() => proxy.stop())
  await proxy.start()
  return proxy
}

/** A publisher that goes when the test does. */
export async function publishing(
  address: string,
  options: PublisherOptions = {},
): Promise<Publisher> {
  const publisher = new Publisher(address, options)
  onTestFinished(() => publisher.close())
  await publisher.start()
  return publisher
}

/** A plain SUB socket at one end, with what it has got. */
export interface Listening {
  readonly got: readonly DocumentMessage[]
  /** Resolves with the Run Stop. */
  readonly stopped: Promise<void>
  /** Resolves when the other end serves it. */
  readonly joined: Promise<void>
}

/** Listens as a proxy's in side does, or connects to its out side. */
export async function listening(
  address: string,
  how: 'bind' | 'connect' = 'bind',
): Promise<Listening> {
  const socket = new Subscriber({ linger: 0, receiveHighWaterMark: 0 })
  onTestFinished(() => socket.close())
  const joined = new Promise<void>((resolve) => socket.events.on('handshake', () => resolve()))
  socket.subscribe('')
  if (how === 'bind') await socket.bind(normalizeAddress(address))
  else socket.connect(normalizeAddress(address))
  const got: DocumentMessage[] = []
  return { got, joined, stopped: receive(socket, got) }
}

async function receive(socket: Subscriber, got: DocumentMessage[]): Promise<void> {
  const read = frameReader({ prefix: null })
  for await (const [frame] of socket) {
    const outcome = read(frame!)
    if (outcome.kind !== 'document') throw new Error(JSON.stringify(outcome))
    got.push(outcome.message)
    if (outcome.message.name === 'stop') return
  }
}
