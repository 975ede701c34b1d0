import { describe, expect, it } from 'vitest'

import { SteadyEmitter } from '../../../packages/core/src/errors/steady-emitter.js'

interface Events {
  a: (n: number) => void
  b: () => void
}

const fail = (): never => {
  throw new Error('a mistake of the test')
}

describe('a steady emitter', () => {
  it('calls every listener, whatever the others throw', () => {
    const errors: unknown[] = []
    const emitter = new SteadyEmitter<Events>((error) => errors.push((error as Error).message))
    const heard: number[] = []
    emitter.on('a', fail)
    emitter.on('a', (n) => heard.push(n))
    emitter.once('a', fail)
    emitter.on('a', (n) => heard.push(10 * n))
    expect(emitter.emit('a', 1)).toBe(true)
    expect(emitter.emit('a', 2)).toBe(true)
    expect(emitter.emit('b')).toBe(false)
    expect(heard).toEqual([1, 10, 2, 20])
    expect(errors.length).toBe(3)
  })

  it('takes a listener off by the function that it was given', () => {
    const emitter = new SteadyEmitter<Events>()
    const heard: number[] = []
    const listener = (n: number): unknown => heard.push(n)
    emitter.on('a', listener)
    emitter.addListener('a', listener)
    emitter.emit('a', 1)
    emitter.removeListener('a', listener)
    emitter.emit('a', 2)
    expect(heard).toEqual([1, 1])
    emitter.on('a', listener).once('a', listener)
    emitter.off('a', listener, undefined, true)
    emitter.emit('a', 3)
    emitter.off('a')
    emitter.emit('a', 4)
    expect(heard).toEqual([1, 1, 3])
  })

  it('calls a listener once that is to be called once', () => {
    const emitter = new SteadyEmitter<Events>()
    const heard: number[] = []
    emitter.once('a', (n) => heard.push(n))
    emitter.emit('a', 1)
    emitter.emit('a', 2)
    expect(heard).toEqual([1])
    expect(emitter.listenerCount('a')).toBe(0)
  })

  it('lets an error be uncaught where nobody is told, but not before its work is done', async () => {
    const uncaught: unknown[] = []
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error.message))
    const emitter = new SteadyEmitter<Events>()
    emitter.on('a', fail)
    emitter.emit('a', 1)
    expect(uncaught).toEqual([])
    await new Promise((resolve) => setImmediate(resolve))
    process.removeAllListeners('uncaughtException')
    for (const listener of before) process.on('uncaughtException', listener)
    expect(uncaught).toEqual(['a mistake of the test'])
  })
})
