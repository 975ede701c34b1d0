import { Worker } from 'node:worker_threads'

import { type BlueskyError, RemoteDispatcher } from '@prompt-papermill/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

/** The program of the thread that is started in place of the one that receives. */
let program = ''
let worker: Worker | undefined

vi.mock(
  '../../../../packages/core/src/source/remote-dispatcher/thread/start-thread.js',
  async (original) => ({
    ...(await original<object>()),
    startThread: () => {
      const started = new Worker(program, { eval: true })
      worker = started
      onTestFinished(async () => {
        await started.terminate()
      })
      return Promise.resolve(started)
    },
  }),
)

/** Opens, and then waits for the word to go on. */
const opened = `const { parentPort } = require('node:worker_threads')
parentPort.postMessage({ what: 'opened' })
parentPort.once('message', goOn)
`

function dispatcherOn(code: string): RemoteDispatcher {
  program = code
  return new RemoteDispatcher('localhost:1')
}

describe('a thread that receives and', () => {
  it('fails before it has opened its sockets is why a start fails', async () => {
    const exits = process.listenerCount('exit')
    const dispatcher = dispatcherOn(`throw new Error('no zeromq here')`)
    const starting = dispatcher.start()
    await expect(starting).rejects.toMatchObject({ code: 'connection' })
    await expect(starting).rejects.toThrow('the thread that receives failed: no zeromq here;')
    await expect(starting).rejects.toThrow('run npm rebuild zeromq')
    await dispatcher.stop()
    expect(process.listenerCount('exit')).toBe(exits)
  })

  it.each([
    ['fails later', `throw new Error('a mistake')`, 'a mistake'],
    ['ends by itself', 'process.exit()', 'has ended by itself'],
    [
      'says that 0MQ failed',
      `const error = { message: "0MQ can't receive", cause: { message: 'gone', code: 'ETERM' } }
      parentPort.postMessage({ what: 'failed', error })`,
      "0MQ can't receive",
    ],
  ])('%s ends the stream, and stopping tells why', async (_, code, message) => {
    const dispatcher = dispatcherOn(`${opened}function goOn() { ${code} }`)
    const ended = new Promise<void>((resolve) => dispatcher.once('end', () => resolve()))
    const reading = (async () => {
      for await (const _document of dispatcher) expect.fail('there is none')
    })()
    await dispatcher.start()
    worker?.postMessage('go on')
    await ended
    await reading
    expect(dispatcher.connected).toBe(false)
    const error = (await dispatcher.stop().catch((reason: unknown) => reason)) as BlueskyError
    expect([error.code, error.message]).toEqual(['connection', expect.stringContaining(message)])
    if (message.startsWith('0MQ')) expect(error.cause).toMatchObject({ code: 'ETERM' })
    // told once
    await dispatcher.stop()
  })

  it('does not end is not waited for without a limit', async () => {
    const dispatcher = dispatcherOn(
      `${opened}function goOn() { setInterval(() => undefined, 1000) }`,
    )
    await dispatcher.start()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const stopping = expect(dispatcher.stop()).rejects.toThrow("doesn't end within 10 s")
    await vi.advanceTimersByTimeAsync(10_000)
    await stopping
  })
})
