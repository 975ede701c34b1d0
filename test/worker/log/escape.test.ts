import { PassThrough } from 'node:stream'

import pino from 'pino'
import { describe, expect, it } from 'vitest'

import { oneLine, shown, withoutMarks } from '../../../packages/worker/src/log/escape.ts'
import { Throttle } from '../../../packages/worker/src/log/throttle.ts'

describe('what a log shows of a document', () => {
  it('is one line, whatever the document holds', () => {
    expect(oneLine('a\nFAKE \u001b[31mred \u202ereversed\u2028x')).toBe(
      'a\\u000aFAKE \\u001b[31mred \\u202ereversed\\u2028x',
    )
    expect(oneLine('naïve ☃ 試料')).toBe('naïve ☃ 試料')
  })

  it('shows a value of any type', () => {
    expect([shown('x'), shown(3), shown(undefined), shown({ a: [1] })]).toEqual([
      'x',
      '3',
      '?',
      '{"a":[1]}',
    ])
  })

  it('keeps a finished line valid JSON', () => {
    const stream = new PassThrough()
    pino({ hooks: { streamWrite: withoutMarks } }, stream).info({ sample: '\u202egnp' }, 'x')
    const line = String(stream.read())
    expect(line).toContain('\\u202egnp')
    expect(JSON.parse(line)).toMatchObject({ sample: '\u202egnp' })
  })
})

describe('a throttle', () => {
  it('lets one line of a kind through, and says later how many it held', () => {
    const said: [string, number][] = []
    const throttle = new Throttle(60_000)
    for (let i = 0; i < 5; i += 1) throttle.pass('a', (held) => said.push(['a', held]))
    throttle.pass('b', (held) => said.push(['b', held]))
    expect(said).toEqual([
      ['a', 0],
      ['b', 0],
    ])
    const impatient = new Throttle(0)
    impatient.pass('a', () => undefined)
    impatient.pass('a', (held) => said.push(['again', held]))
    expect(said.at(-1)).toEqual(['again', 0])
  })

  it('keeps no more kinds than it should', () => {
    const throttle = new Throttle(60_000)
    let said = 0
    for (let i = 0; i < 1000; i += 1) throttle.pass(`kind ${i}`, () => (said += 1))
    expect(said).toBe(100)
  })
})
