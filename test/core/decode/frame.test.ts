import { frameReader, joinFrame, splitFrame } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { decodeWithin } from '../../../packages/core/src/decode/decode-within.js'
import { bytesOf, codeThrownBy } from '../../support/bytes.js'

const payload = bytesOf('{"uid": "a", "time": 0}')

/** Throws this, whatever it is. */
function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown
  }
}

describe('a frame', () => {
  it.each(['', 'jpls', 'Größe', '試料\ufeff'])(
    'is taken apart as it was joined, and read by its prefix: "%s"',
    (prefix) => {
      const frame = joinFrame({ prefix, name: 'start', payload })
      expect(splitFrame(frame)).toEqual({ prefix, name: 'start', payload })
      expect(frameReader({ prefix })(frame)).toMatchObject({ kind: 'document', prefix })
      expect(frameReader({ prefix: 'another' })(frame)).toEqual({ kind: 'ignored', prefix })
    },
  )

  it('has a prefix of any bytes, which are Latin-1 where they are no UTF-8', () => {
    const frame = bytesOf('Gr\xf6\xdfe start ', payload)
    expect(frameReader({ prefix: 'Größe' })(frame)).toMatchObject({ kind: 'document' })
    expect(splitFrame(bytesOf('\xff start x')).prefix).toBe('ÿ')
  })

  it('has no space in its prefix or name, which would move the payload', () => {
    for (const frame of [
      { prefix: 'jpls 2', name: 'start', payload },
      { prefix: '', name: 'start ', payload },
    ]) {
      expect(codeThrownBy(() => joinFrame(frame))).toBe('bad-option')
    }
  })

  it('is dropped where its name is none, however like one', () => {
    for (const name of ['evenx', 'events', 'Start', '']) {
      expect(frameReader()(joinFrame({ prefix: '', name, payload }))).toMatchObject({
        kind: 'dropped',
        dropped: { reason: 'unknown-name', name },
      })
    }
  })

  it('is dropped where a decoder of somebody else throws anything', () => {
    const read = (thrown: unknown) =>
      frameReader({
        decoder: { name: 'own', decode: throwing(thrown) },
      })(joinFrame({ prefix: '', name: 'start', payload }))
    const dropped = (message: string) => ({
      kind: 'dropped',
      dropped: { reason: 'bad-payload', name: 'start', bytes: payload.length + 7, message },
    })
    expect(read(new TypeError('no such field'))).toEqual(dropped('no such field'))
    expect(read('odd')).toEqual(dropped('odd'))
  })

  it('with many issues names the first three, and how many more there are', () => {
    const read = frameReader({ decoder: 'json', validate: 'drop' })
    const descriptor = bytesOf(JSON.stringify({ uid: 'd', run_start: 'a', data_keys: 5, hints: 5 }))
    const outcome = read(joinFrame({ prefix: '', name: 'descriptor', payload: descriptor }))
    const odd = bytesOf(
      JSON.stringify({ uid: 'a', time: 'x', scan_id: [], owner: 5, group: 5, project: 5 }),
    )
    const [few, many] = [outcome, read(joinFrame({ prefix: '', name: 'start', payload: odd }))]
    const reason = { reason: 'invalid' }
    expect([few, many]).toMatchObject([{ dropped: reason }, { dropped: reason }])
    expect(few).not.toMatchObject({
      dropped: { message: expect.stringContaining('more') as string },
    })
    expect(many).toMatchObject({
      dropped: { message: expect.stringMatching(/; and \d+ more$/u) as string },
    })
  })
})

describe('a decoder', () => {
  it.each([
    ['the longest array', new RangeError('Invalid array length'), 'too-large'],
    ['the depth of the stack', new RangeError('Maximum call stack size exceeded'), 'too-large'],
    ['its own mistake', new TypeError('x is undefined'), 'bad-payload'],
    ['no error at all', 'odd', 'bad-payload'],
  ])('throws nothing but a BlueskyError: for %s', (_, thrown, code) => {
    const decoder = decodeWithin('own', 10, throwing(thrown))
    let error: unknown
    try {
      decoder.decode(bytesOf('x'))
    } catch (caught) {
      error = caught
    }
    const message = thrown instanceof Error ? thrown.message : thrown
    expect(error).toMatchObject({ name: 'BlueskyError', code, message: `own: ${message}` })
    expect((error as Error).cause).toBe(thrown)
  })
})
