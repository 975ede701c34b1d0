import {
  checkParameters,
  NDArray,
  type ParameterTemplate,
  PyDateTime,
  resolveParameters,
} from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { runOf } from '../../support/runs.js'

const array = new NDArray('<f8', [2], Float64Array.of(1, NaN))
const when = PyDateTime.fromIsoformat('2026-01-02T03:04:05+00:00')
const metadata = {
  sample_name: 'Si "100"\n2024_2',
  sample: { thickness: 5.5, 'a.b': 'dotted' },
  layers: [{ nm: 5 }, { nm: 2 }],
  none: null,
  no: false,
  zero: 0,
  empty: '',
  big: 2n ** 70n,
  array,
  when,
  stop: { x: 'metadata' },
  'x.y': 'literal',
}
const run = runOf(makeRunDocuments({ metadata }).messages)

function valuesOf(template: ParameterTemplate): Record<string, unknown> {
  const resolved = resolveParameters(template, run)
  if (!resolved.ok) throw new Error(resolved.message)
  return resolved.values
}

describe('parameters', () => {
  it.each<[string, unknown]>([
    ['$start.sample_name', 'Si "100"\n2024_2'],
    ['$start.sample.thickness', 5.5],
    ['$start.sample', { thickness: 5.5, 'a.b': 'dotted' }],
    ['$start.layers.1.nm', 2],
    ['$start.layers', [{ nm: 5 }, { nm: 2 }]],
    ['$start.none', null],
    ['$start.no', false],
    ['$start.zero', 0],
    ['$start.empty', ''],
    ['$start.big', 2n ** 70n],
    ['$start.array', array],
    ['$start.when', when],
    ['$start.stop.x', 'metadata'],
    ['$start.x.y', 'literal'],
    ['$stop.exit_status', 'success'],
    ['$run.complete', true],
    ['$run.events.primary', 3],
    ['$run.streams', ['primary']],
    ['$run.uid', run.uid],
  ])('take the value of %s with its type', (reference, value) => {
    expect(valuesOf({ p: reference })).toEqual({ p: value })
  })

  it('are what they are where they are no references', () => {
    const template = {
      bins: 500,
      name: 'Si',
      cost: 'US$ 5',
      nested: { list: [1, 'two', null], deep: { ok: true } },
      big: 2n ** 70n,
      array,
    }
    expect(valuesOf(template)).toEqual(template)
  })

  it('take references within lists and dicts too', () => {
    const template = { a: [{ b: '$start.zero' }, '$stop.exit_status'], c: { d: '$run.gaps' } }
    expect(valuesOf(template)).toEqual({ a: [{ b: 0 }, 'success'], c: { d: 0 } })
  })

  it.each([
    ['$$', '$'],
    ['$$start.sample_name', '$start.sample_name'],
    ['$$$', '$$'],
    ['a$start.zero', 'a$start.zero'],
  ])('take %s for the text %s', (text, value) => {
    expect(valuesOf({ p: text })).toEqual({ p: value })
  })

  it('take a default for what is absent, and only for that', () => {
    const defaulted = (ref: string): unknown => valuesOf({ p: { ref, default: 'default' } }).p
    expect(defaulted('$start.absent')).toBe('default')
    expect(defaulted('$start.sample.absent.deeper')).toBe('default')
    expect(defaulted('$start.none')).toBe(null)
    expect(defaulted('$start.no')).toBe(false)
    expect(defaulted('$start.zero')).toBe(0)
    expect(defaulted('$start.empty')).toBe('')
    expect(valuesOf({ p: { ref: '$start.absent', default: null } })).toEqual({ p: null })
    expect(valuesOf({ p: { ref: '$start.absent', default: { a: [1] } } })).toEqual({
      p: { a: [1] },
    })
  })

  it('take a reference as the default, needed only where it is used', () => {
    const ref = '$start.absent'
    expect(valuesOf({ p: { ref, default: '$start.zero' } })).toEqual({ p: 0 })
    expect(valuesOf({ p: { ref, default: '$$5' } })).toEqual({ p: '$5' })
    expect(valuesOf({ p: { ref: '$start.zero', default: '$start.absent' } })).toEqual({ p: 0 })
    expect(resolveParameters({ p: { ref, default: ref } }, run).ok).toBe(false)
  })

  it('take a dict for a reference only if it can be nothing else', () => {
    const dicts = {
      other: { ref: '$$x' },
      more: { ref: '$start.zero', unit: 'mm' },
      number: { ref: 5 },
    }
    expect(valuesOf(dicts)).toEqual({
      other: { ref: '$x' },
      more: { ref: 0, unit: 'mm' },
      number: { ref: 5 },
    })
    expect(valuesOf({ p: { ref: '$start.zero' } })).toEqual({ p: 0 })
  })

  it('that are missing are all told, with what to do', () => {
    const template = { a: '$start.absent', b: ['$stop.gone'], c: { ref: '$run.nothing' }, d: 1 }
    const resolved = resolveParameters(template, run)
    expect(resolved).toEqual({
      ok: false,
      message:
        'this run has no value for the parameter a ($start.absent), b[0] ($stop.gone), c ($run.nothing); give a default with { ref: …, default: … }',
    })
  })

  it('find nothing that the document does not have itself', () => {
    for (const path of ['__proto__', 'constructor.name', 'sample.toString', 'sample_name.length']) {
      expect(resolveParameters({ p: `$start.${path}` }, run).ok).toBe(false)
    }
  })

  it('of strange names stay parameters', () => {
    const template = JSON.parse('{"__proto__": "$start.zero", "constructor": 1}') as object
    expect(Object.entries(valuesOf(template as ParameterTemplate))).toEqual([
      ['__proto__', 0],
      ['constructor', 1],
    ])
  })

  it.each([
    [{ p: '$start' }, 'p: "$start"'],
    [{ p: '$startled.x' }, 'p: "$startled.x"'],
    [{ p: '$5.00' }, 'p: "$5.00"'],
    [{ p: '$' }, 'p: "$"'],
    [{ p: '$start.' }, 'p: "$start."'],
    [{ p: { a: ['x', '$Start.x'] } }, 'p.a[1]: "$Start.x"'],
    [{ p: { ref: '$no.x', default: 1 } }, 'p.ref: "$no.x"'],
    [{ p: { ref: '$start.x', default: '$no.x' } }, 'p.default: "$no.x"'],
  ])('that begin with $ and refer to nothing are an error of the config: %o', (template, text) => {
    expect(() => checkParameters(template)).toThrow(`the parameter ${text} is no reference`)
    expect(() => checkParameters(template)).toThrow('or $$ for a literal $')
  })

  it('that are right pass the check without a run', () => {
    checkParameters({ a: '$start.x', b: '$$', c: { ref: '$stop.y', default: 1 }, d: [null, 5] })
  })
})
