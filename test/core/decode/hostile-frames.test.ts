import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { type FrameOutcome, frameReader } from '../../../packages/core/src/decode/frame-reader.js'
import { canonicalJson } from '../../../packages/core/src/documents/values/lossless-json.js'
import { DocumentSource } from '../../../packages/core/src/source/document-source.js'
import { undocumented } from '../../fuzz/documented.js'
import { dispatching, publishing, stopped } from '../../support/dispatching.js'
import { hasPython } from '../../support/python.js'
import { runFixture } from '../../support/python-cases.js'
import { readFrames } from '../../support/vectors.js'
import { arrays } from './hostile/arrays.js'
import { bombs } from './hostile/bombs.js'
import { broken } from './hostile/broken.js'
import { code } from './hostile/code.js'
import { heads } from './hostile/heads.js'
import { type Fate, frameOf, type HostileFrame } from './hostile/hostile-frame.js'
import { keys } from './hostile/keys.js'
import { lengths } from './hostile/lengths.js'

const hostile = [...heads, ...code, ...bombs, ...lengths, ...broken, ...keys, ...arrays]
const recorded = readFrames('reflection_scan')
const [before, after] = [recorded[0]!, recorded.at(-1)!]

/** A row of the table: what becomes of a frame in Python, and here. */
interface Row {
  readonly name: string
  readonly inPython: string
  readonly here: string
}

const page = readFileSync(
  fileURLToPath(new URL('../../../docs/reference/hostile-frames.md', import.meta.url)),
  'utf8',
)
const rows: readonly Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Frame') && !line.startsWith('| -'))
  .map((line) => {
    const [, name = '', , inPython = '', here = ''] = line.split('|').map((cell) => cell.trim())
    return { name, inPython, here }
  })

/** A source of frames that are all there. */
class FramesSource extends DocumentSource {
  readonly description = 'frames of a test'
  readonly #read: (frame: Uint8Array) => FrameOutcome

  constructor(
    { decoder }: HostileFrame,
    readonly frames: readonly Uint8Array[],
  ) {
    super(10)
    this.#read = frameReader(decoder === undefined ? {} : { decoder })
  }

  override start(): Promise<void> {
    for (const frame of this.frames) this.deliver(this.#read(frame))
    return this.stop()
  }

  override stop(): Promise<void> {
    this.ended()
    return Promise.resolve()
  }
}

/** What came of a hostile frame between two good ones, as a source tells it. */
async function between(frame: HostileFrame): Promise<readonly unknown[]> {
  const source = new FramesSource(frame, [before, frameOf(frame), after])
  const told: unknown[] = []
  source.on('document', ({ name, doc }) =>
    told.push('x' in doc ? { kind: 'delivered', x: doc.x } : name),
  )
  source.on('dropped', (dropped) => told.push({ kind: 'dropped', reason: dropped.reason }))
  source.on('ignored', () => told.push({ kind: 'ignored' }))
  await source.start()
  return told
}

describe('a hostile frame between two good ones', () => {
  it.each(hostile.map((frame) => [frame.name, frame] as const))('%s', async (_, frame) => {
    const [start, fate, stop, ...more] = await between(frame)
    expect([start, stop, more]).toEqual(['start', 'stop', []])
    expect(fate).toEqual(frame.fate)
    if (frame.fate.kind !== 'delivered') return
    const { x } = fate as { x: unknown }
    expect(undocumented(x)).toBeUndefined()
    expect(canonicalJson(x)).toBe(canonicalJson(frame.fate.x))
  })

  it('leaves every prototype as it was', () => {
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('all of them over 0MQ, one after the other, and the dispatcher goes on', async () => {
    const publisher = await publishing()
    const dispatcher = await dispatching(publisher)
    const told: string[] = []
    dispatcher.on('dropped', ({ reason }) => told.push(reason))
    dispatcher.on('ignored', () => told.push('ignored'))
    dispatcher.on('document', ({ doc }) => {
      if ('x' in doc) told.push('delivered')
    })
    const ended = stopped(dispatcher)
    const byDefault = hostile.filter(({ decoder }) => decoder === undefined)
    await publisher.send([before, ...byDefault.map(frameOf), after])
    await ended
    const expected = byDefault.map(({ fate }) =>
      fate.kind === 'dropped' ? fate.reason : fate.kind,
    )
    expect(told).toEqual(expected)
  })
})

/** What the table has to say of a fate. */
function inWords(fate: Fate): string {
  return fate.kind === 'dropped' ? `dropped, \`${fate.reason}\`` : fate.kind
}

describe('docs/reference/hostile-frames.md', () => {
  it('has a row for each of these frames, and none besides', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(hostile.map(({ name }) => name).sort())
  })

  it('says what becomes of each', () => {
    const said = rows.map(({ name, here }) => [name, /^[a-z]+(?:, `[a-z-]+`)?/.exec(here)?.[0]])
    const fates = new Map(hostile.map(({ name, fate }) => [name, inWords(fate)]))
    expect(said).toEqual(rows.map(({ name }) => [name, fates.get(name)]))
  })

  it.skipIf(!hasPython)('says what becomes of each in Python', () => {
    const lines = hostile.map(
      ({ serializer, bytes }) => `${serializer} ${Buffer.from(bytes).toString('base64')}`,
    )
    const outcomes = runFixture('decode/hostile_loads.py', lines.join('\n')).trimEnd().split('\n')
    const found = new Map(hostile.map(({ name }, i) => [name, outcomes[i]]))
    const said = rows.map(({ name, inPython }) => {
      const [first = ''] = inPython.split(/[,;]/)
      return [name, first.replaceAll('`', '')]
    })
    expect(said).toEqual(rows.map(({ name }) => [name, found.get(name)]))
  })
})
