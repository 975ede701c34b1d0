import { RemoteDispatcher, type RemoteDispatcherOptions } from '@prompt-papermill/core'
import { onTestFinished } from 'vitest'

import { PublishingSocket } from './publishing-socket.js'

/** A publisher that goes when the test does. */
export async function publishing(address?: string): Promise<PublishingSocket> {
  const publisher = await PublishingSocket.open(address)
  onTestFinished(() => publisher.close())
  return publisher
}

/** A dispatcher that receives from it, and goes when the test does. */
export async function dispatching(
  publisher: PublishingSocket,
  options: RemoteDispatcherOptions = {},
): Promise<RemoteDispatcher> {
  const dispatcher = new RemoteDispatcher(publisher.address, options)
  onTestFinished(() => dispatcher.stop())
  await dispatcher.start()
  return dispatcher
}

/** Resolves when a Run Stop has come, which tests send last. */
export function stopped(dispatcher: RemoteDispatcher): Promise<void> {
  return new Promise((resolve) => dispatcher.once('stop', () => resolve()))
}
