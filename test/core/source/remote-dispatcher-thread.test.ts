import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import {
  encodePayload,
  type Event,
  joinFrame,
  NDArray,
  RemoteDispatcher,
} from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

import { dispatching, publishing, stopped } from '../../support/dispatching.js'
import { frameOf } from '../../support/frames.js'
import { hasPython, python } from '../../support/python.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { splitFrames } from '../../support/vectors.js'

const { messages } = makeRunDocuments({ events: { primary: 2 } })
const frames = messages.map((message) => frameOf(message))
const images = fileURLToPath(new URL('programs/images.py', import.meta.url))
const floods = fileURLToPath(new URL('programs/flood.mjs', import.meta.url))

/** The events that a dispatcher delivers until so many have come. */
function events(dispatcher: RemoteDispatcher, count: number): Promise<readonly Event[]> {
  const heard: Event[] = []
  return new Promise((resolve) => {
    dispatcher.on('event', (event) => {
      if (heard.push(event) === count) resolve(heard)
    })
  })
}

describe('a RemoteDispatcher, which receives in a thread,', () => {
  it('delivers a frame within milliseconds, though nothing follows it', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher)
    const delays: number[] = []
    for (let n = 0; n < 51; n++) {
      const came = new Promise<void>((resolve) => dispatcher.once('start', () => resolve()))
      const sent = performance.now()
      await publisher.send([frames[0]!])
      await came
      delays.push(performance.now() - sent)
    }
    const median = delays.sort((a, b) => a - b)[25]
    // 0.2 ms on a machine with nothing else to do
    expect(median).toBeLessThan(20)
  })

  it.skipIf(!hasPython)(
    'copies an image of 8 MB once on its way into a document, however it was serialized',
    async () => {
      const [rows, columns] = [2000, 2000]
      const written = execFileSync(python, [images, String(rows), String(columns)], {
        maxBuffer: 1 << 28,
      })
      // with a prefix too, so that the pixels lie at odd and at even places of a frame
      const sent = splitFrames(written).flatMap((frame) => [
        frame,
        Buffer.concat([Buffer.from('x'), frame]),
      ])
      const publisher = await publishing()
      const dispatcher = await dispatching(publisher, { validate: 'off', prefix: null })
      const heard = events(dispatcher, sent.length)
      await publisher.send(sent)
      const received = (await heard).map(({ data }) => data.image as NDArray)
      for (const { dtype, shape, data } of received) {
        expect([dtype, shape]).toEqual(['<u2', [rows, columns]])
        const pixels = data as Uint16Array
        expect([pixels[0], pixels[65_535], pixels[3_999_999]]).toEqual([
          0,
          65_535,
          3_999_999 % 65_536,
        ])
        // a view of the frame that the thread handed over: a copy would have a buffer of just its size
        expect(pixels.buffer.byteLength).toBeGreaterThan(pixels.byteLength)
        expect(pixels.buffer.byteLength).toBeLessThan(pixels.byteLength + 1000)
      }
      expect(received.length).toBe(6)
    },
  )

  it('keeps no more in memory for a small array than the array', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher, { validate: 'off' })
    const spectrum = new NDArray('<f8', [16], new Float64Array(16).fill(0.5))
    const sent = makeRunDocuments({ events: { primary: 2000 } }).messages
    for (const { name, doc } of sent) if (name === 'event') doc.data.spectrum = spectrum
    const heard = events(dispatcher, 2000)
    await publisher.send(
      sent.map(({ name, doc }) =>
        joinFrame({ prefix: '', name, payload: encodePayload(doc, 'pickle') }),
      ),
    )
    const sizes = (await heard).map(
      ({ data }) => ((data.spectrum as NDArray).data as Float64Array).buffer.byteLength,
    )
    // in a buffer shared with hundreds of other frames it would keep that
    expect(Math.max(...sizes)).toBeLessThan(16_385)
  })

  it('keeps the order of small and large frames', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher)
    const lengths = Array.from({ length: 300 }, (_, n) => (n % 7 === 0 ? 70_000 + n : 100 + n))
    const heard: number[] = []
    const all = new Promise<void>((resolve) => {
      dispatcher.onFrame(({ length }) => {
        if (heard.push(length) === lengths.length) resolve()
      })
    })
    await publisher.send(lengths.map((length) => 'x'.repeat(length)))
    await all
    expect(heard).toEqual(lengths)
  })

  it('holds no more than its backlog while the program does something else', async () => {
    const done = join(await temporaryFolder(), 'sent')
    const count = 3000
    const flood = spawn(process.execPath, [floods, String(count), done], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void flood.kill('SIGKILL'))
    const [address] = (await once(createInterface(flood.stdout), 'line')) as [string]
    const backlog = 64
    const dispatcher = new RemoteDispatcher(address, { backlog })
    onTestFinished(() => dispatcher.stop())
    let received = 0
    let lost = 0
    let disconnected = 0
    dispatcher.on('disconnected', () => (disconnected += 1))
    dispatcher.on('lost', (frames) => (lost += frames))
    dispatcher.onFrame(() => {
      if ((received += 1) > 1) return
      while (!existsSync(done)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    })
    const last = stopped(dispatcher)
    await dispatcher.start()
    await last
    // some came when the program went on already
    expect(received).toBeLessThan(backlog + 100)
    expect(lost).toBeGreaterThan(count / 2)
    // heartbeats are answered all the time: it took longer than their time-out
    expect(disconnected).toBe(0)
    flood.stdin.end()
    await once(flood, 'exit')
  })

  it('has one listener for the end of the process, and none when it is stopped', async () => {
    const publisher = await publishing()
    const before = process.listenerCount('exit')
    const first = await dispatching(publisher)
    const second = await dispatching(publisher)
    expect(process.listenerCount('exit')).toBe(before + 1)
    await first.stop()
    expect(process.listenerCount('exit')).toBe(before + 1)
    await second.stop()
    expect(process.listenerCount('exit')).toBe(before)
    const again = stopped(first)
    await first.start()
    await publisher.send(frames)
    await again
  })
})
