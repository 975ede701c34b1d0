import {
  BlueskyError,
  frameHeader,
  readFrames,
  replay,
  toLosslessJson,
  toPlainJson,
} from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { frameOf, recording } from '../../support/frames.js'
import { play, type Played, written } from '../../support/play.js'
import { vectorNames, vectorPath } from '../../support/vectors.js'

const { messages, uid } = makeRunDocuments({ events: { primary: 2 } })
const canonical = (played: Played): string[] =>
  played.messages.map(({ name, doc }) => toLosslessJson([name, doc], { sortKeys: true }))
const pairs = messages.map(({ name, doc }) => `["${name}", ${toPlainJson(doc)}]\n`)
const objects = messages.map(({ name, doc }) => `{"name": "${name}", "doc": ${toPlainJson(doc)}}\n`)

describe('a recording of frames', () => {
  it.each(vectorNames)('gives the same documents as its JSONL: %s', async (name) => {
    const frames = await play(vectorPath(name, 'frames'))
    const documents = await play(vectorPath(name, 'jsonl'))
    expect([frames.dropped, frames.error, documents.dropped, documents.error]).toEqual([
      [],
      null,
      [],
      null,
    ])
    expect(canonical(frames)).toEqual(canonical(documents))
    expect(frames.messages.length).toBeGreaterThan(0)
  })

  it('is read whatever its prefix, unless one is asked for', async () => {
    const path = await written(
      recording(messages.map((message, i) => frameOf(message, i === 0 ? 'jpls' : 'other'))),
    )
    expect((await play(path)).messages.length).toBe(messages.length)
    expect((await play(path, { prefix: 'jpls' })).messages).toEqual(messages.slice(0, 1))
    expect((await play(path, { prefix: '' })).messages).toEqual([])
  })

  it('goes on after frames that it can not use', async () => {
    const bytes = new TextEncoder()
    const path = await written(
      recording([
        bytes.encode('garbage'),
        bytes.encode(' strat {}'),
        bytes.encode(' start \u0000'),
        bytes.encode(' start {}'),
        new Uint8Array(0),
        ...messages.map((message) => frameOf(message)),
      ]),
    )
    const { dropped, messages: read } = await play(path)
    expect(dropped.map(({ reason, name }) => [reason, name])).toEqual([
      ['bad-frame', null],
      ['unknown-name', 'strat'],
      ['bad-payload', 'start'],
      ['invalid', 'start'],
      ['bad-frame', null],
    ])
    expect(read).toEqual(messages)
  })

  it('that is cut short anywhere gives what is whole, and says where it ends', async () => {
    const first = recording([frameOf(messages[0]!)])
    const both = recording(messages.slice(0, 2).map((message) => frameOf(message)))
    for (const length of [first.length + 1, first.length + 3, first.length + 5, both.length - 1]) {
      const { messages: read, error } = await play(await written(both.subarray(0, length)))
      expect(read).toEqual(messages.slice(0, 1))
      expect(error).toBeInstanceOf(BlueskyError)
      expect(error?.code).toBe('bad-file')
      expect(error?.message).toContain(`cut short: at byte ${first.length} a frame begins`)
    }
    expect((await play(await written(first))).error).toBe(null)
  })

  it('may be larger than what is read at once, with frames across the seams', async () => {
    const big = { ...messages[0]!, doc: { uid, time: 0, note: 'x'.repeat(700_000) } }
    const path = await written(recording(Array.from({ length: 7 }, () => frameOf(big as never))))
    const read: number[] = []
    for await (const frame of readFrames(path)) read.push(frame.length)
    expect(read).toEqual(Array.from({ length: 7 }, () => frameOf(big as never).length))
  })

  it('that names a frame beyond all measure is none', async () => {
    const path = await written(Buffer.from([0, 0xff, 0xff, 0x7f, 1, 2, 3]))
    const { error } = await play(path)
    expect(error?.code).toBe('bad-file')
    expect(error?.message).toContain('at byte 0 it names a frame of 2147483392 bytes')
  })

  it('has each length in little-endian bytes', () => {
    expect([...frameHeader(new Uint8Array(0x010203))]).toEqual([3, 2, 1, 0])
  })
})

describe('a recording of documents', () => {
  it.each([
    ['pairs, as suitcase-jsonl writes them', pairs.join('')],
    ['objects, as JSONLinesWriter does', objects.join('')],
    ['both', pairs[0]! + objects.slice(1).join('')],
    ['lines with CR LF', pairs.join('').replaceAll('\n', '\r\n')],
    ['blank lines', `\n  \n${pairs.join('\n\r\n')}\n`],
    ['a last line without an end', pairs.join('').trimEnd()],
    ['white space before', `  ${pairs.join('')}`],
  ])('is read from %s', async (_, text) => {
    const { messages: read, dropped } = await play(await written(text))
    expect([read, dropped]).toEqual([messages, []])
  })

  it('has what Python writes: bare NaN, big integers, escaped and other characters', async () => {
    const text = `["start", {"uid": "${uid}", "time": 0, "x": [NaN, Infinity, -Infinity], "big": 1180591620717411303424, "name": "\\ud83d\\ude00 \u2028 \u2029 \u0085 é"}]\n`
    const { messages: read, dropped } = await play(await written(text))
    expect(dropped).toEqual([])
    expect(read[0]?.doc).toEqual({
      uid,
      time: 0,
      x: [NaN, Infinity, -Infinity],
      big: 2n ** 70n,
      name: '\u{1f600} \u2028 \u2029 \u0085 é',
    })
  })

  it('has the lossless JSON too, beside bare NaN', async () => {
    const text = `["start", {"uid": "${uid}", "time": NaN, "a": {"__float__": "nan"}, "b": {"__bytes__": "AAE="}}]\n`
    const { messages: read } = await play(await written(text))
    expect(read[0]?.doc).toEqual({ uid, time: NaN, a: NaN, b: Uint8Array.of(0, 1) })
  })

  it('goes on after lines that it can not use, and says which they are', async () => {
    const lines = [
      pairs[0],
      'garbage\n',
      '["start"]\n',
      '["start", {}, 1]\n',
      '17\n',
      '{"name": "start"}\n',
      '["strat", {}]\n',
      '["start", {"time": 0}]\n',
      '["start", null]\n',
      `["start", ${'['.repeat(300)}${']'.repeat(300)}]\n`,
      Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d, 0x0a]),
      ...pairs.slice(1, -1),
      pairs.at(-1)!.slice(0, 20),
    ]
    const path = await written(Buffer.concat(lines.map((line) => Buffer.from(line as string))))
    const { messages: read, dropped, error } = await play(path)
    expect(read).toEqual(messages.slice(0, -1))
    expect(error).toBe(null)
    expect(dropped.map(({ reason, message }) => `${reason} ${message.split(':')[0]}`)).toEqual([
      'bad-payload line 2',
      'bad-frame line 3',
      'bad-frame line 4',
      'bad-frame line 5',
      'bad-frame line 6',
      'unknown-name line 7',
      'invalid line 8',
      'invalid line 9',
      'too-deep line 10',
      'bad-payload line 11',
      `bad-payload line ${11 + pairs.length - 1}`,
    ])
    expect(dropped[0]?.bytes).toBe('garbage'.length)
  })

  it('may be larger than what is read at once, with lines across the seams', async () => {
    const notes = Array.from({ length: 7 }, (_, n) => `${n}`.repeat(700_000))
    const lines = notes.map(
      (note) => `["start", {"uid": "${uid}", "time": 0, "note": "${note}"}]\n`,
    )
    const { messages: read, dropped } = await play(await written(lines.join('')))
    expect(dropped).toEqual([])
    expect(read.map(({ doc }) => (doc as { note?: unknown }).note === notes.shift())).toEqual(
      Array.from({ length: 7 }, () => true),
    )
  })

  it('is checked against the schema as live frames are', async () => {
    const path = await written(`["start", {"uid": "${uid}", "time": "noon"}]\n`)
    expect((await play(path)).messages.length).toBe(1)
    expect((await play(path, { validate: 'off' })).messages.length).toBe(1)
    const { dropped } = await play(path, { validate: 'drop' })
    expect(dropped[0]?.reason).toBe('invalid')
    expect(dropped[0]?.message).toMatch(/line 1: this start document breaks .*\$\.time must be/u)
  })
})

describe('the format of a recording', () => {
  it.each([
    [8795, '[ and a quote'],
    [8827, '{ and a quote'],
  ])('is told by more than the first bytes: a frame of %i bytes begins with %s', async (length) => {
    const empty = frameOf({ name: 'start', doc: { uid, time: 0, note: '' } })
    const note = 'x'.repeat(length - empty.length)
    const frame = frameOf({ name: 'start', doc: { uid, time: 0, note } })
    const bytes = recording([frame])
    expect(['["', '{"']).toContain(bytes.toString('latin1', 0, 2))
    const { messages: read, error } = await play(await written(bytes))
    expect([read.length, error]).toEqual([1, null])
  })

  it('is none for an empty file, which has no documents', async () => {
    const { messages: read, dropped, error } = await play(await written(''))
    expect([read, dropped, error]).toEqual([[], [], null])
  })

  it('is none for another text, and that is said', async () => {
    const path = await written('uid,plan_name\n1,count\n')
    const starting = replay(path).start()
    await expect(starting).rejects.toMatchObject({ code: 'bad-file' })
    await expect(starting).rejects.toThrow('is neither a recording of frames nor JSONL')
  })

  it('is that of documents also where the first line was cut off', async () => {
    const { messages: read, dropped } = await play(await written(`t": 0}]\n${pairs.join('')}`))
    expect([read, dropped.length]).toEqual([messages, 1])
  })

  it('is that of frames also for one that was cut off within the first length', async () => {
    const { error } = await play(await written(Buffer.from('abc')))
    expect(error?.message).toContain('cut short: at byte 0 a frame begins, of which 3 of 4 bytes')
  })
})
