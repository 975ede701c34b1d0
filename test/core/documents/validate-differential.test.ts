import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, it } from 'vitest'

import type { DocumentName } from '../../../packages/core/src/documents/messages.js'
import { validateDocument } from '../../../packages/core/src/documents/validate/validate-document.js'
import { Complex } from '../../../packages/core/src/documents/values/complex.js'
import { NDArray } from '../../../packages/core/src/documents/values/ndarray.js'
import { hasPython, python, root } from '../../support/python.js'

type Dict = Record<string, unknown>
interface Case {
  name: DocumentName
  doc: unknown
  what: string
}

/** Values that JSON has no form for, in one that `toPython` and `fromTagged` read. */
const tags = {
  floats: { $ndarray: [1.5, 2.5], dtype: '<f8', shape: [2] },
  image: { $ndarray: [1.5, 2.5], dtype: '<f8', shape: [1, 2] },
  strings: { $ndarray: ['a', 'b'], dtype: '<U1', shape: [2] },
  flags: { $ndarray: [true, false], dtype: '|b1', shape: [2] },
  objects: { $ndarray: [1, 2], dtype: '|O', shape: [2] },
  empty: { $ndarray: [], dtype: '<f8', shape: [0] },
  tuple: { $tuple: ['a', 'b'] },
  huge: { $int: '73786976294838206464' },
  complex: { $complex: '1+2j' },
  nan: { $float: 'nan' },
  infinite: { $float: 'inf' },
  bytes: { $bytes: 'ab' },
}

const judge = `
import json, sys
import numpy
from event_model import DocumentNames, schema_validators

def to_python(value):
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ndarray" in value:
        dtype = numpy.dtype(value["dtype"])
        return numpy.array(value["$ndarray"], dtype).reshape(value["shape"])
    if "$tuple" in value:
        return tuple(value["$tuple"])
    for tag, build in (("$int", int), ("$float", float), ("$bytes", str.encode), ("$complex", complex)):
        if tag in value:
            return build(value[tag])
    return {key: to_python(item) for key, item in value.items()}

for line in sys.stdin:
    case = json.loads(line)
    validator = schema_validators[DocumentNames[case["name"]]]
    try:
        verdict = validator.is_valid(to_python(case["doc"]))
    except (TypeError, ValueError):  # NumPy's scalars have no length, its arrays no truth value
        verdict = None
    print(json.dumps(verdict))
`

function fromTagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromTagged)
  if (typeof value !== 'object' || value === null) return value
  const dict = value as Dict
  if ('$ndarray' in dict) return toNDArray(dict)
  if ('$tuple' in dict) return dict.$tuple
  if ('$int' in dict) return BigInt(dict.$int as string)
  if ('$float' in dict) return dict.$float === 'nan' ? NaN : Infinity
  if ('$complex' in dict) return new Complex(1, 2)
  if ('$bytes' in dict) return Buffer.from(dict.$bytes as string)
  return Object.fromEntries(Object.entries(dict).map(([key, item]) => [key, fromTagged(item)]))
}

function toNDArray({ $ndarray, dtype, shape }: Dict): NDArray {
  const data = $ndarray as number[]
  const typed =
    dtype === '<f8' ? Float64Array.from(data) : dtype === '|b1' ? Uint8Array.from(data) : data
  return new NDArray(dtype as string, shape as number[], typed)
}

/** Whether event_model itself calls each case valid; null where it fails on it. */
async function judgeInPython(cases: readonly Case[]): Promise<(boolean | null)[]> {
  const running = promisify(execFile)(python, ['-c', judge], { maxBuffer: 1 << 26 })
  running.child.stdin?.end(cases.map((one) => `${JSON.stringify(one)}\n`).join(''))
  const { stdout } = await running
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as boolean | null)
}

/** Every object and array in `value`, with its path. */
function* containers(value: unknown, path: string[] = []): Generator<string[]> {
  if (typeof value !== 'object' || value === null) return
  yield path
  for (const [key, item] of Object.entries(value)) yield* containers(item, [...path, key])
}

function changed(doc: Dict, path: string[], change: (container: Dict) => void): Dict {
  const copy = structuredClone(doc)
  change(path.reduce((at, key) => at[key] as Dict, copy))
  return copy
}

const substitutes: readonly unknown[] = [
  ...[null, true, 0, 7, 1.5, '', 'x', 'NX_x', '<f8', [], ['x'], [3], [null], [[]], [['x']]],
  ...[
    {},
    { a: 1 },
    { 'a.b': 1 },
    { 'a/b': 1 },
    { '': 1 },
    { a: { 'b.c': 1 } },
    { a: [{ 'b.c': 1 }] },
  ],
  ...Object.values(tags),
]
const extraKeys = ['extra', 'dot.ted', 'sla/sh', '', '$', 'line\nbreak', '__proto__', 'constructor']

function* mutations(name: DocumentName, doc: Dict): Generator<Case> {
  yield { name, doc, what: 'as it is' }
  for (const path of containers(doc)) {
    const container = path.reduce((at, key) => at[key] as Dict, doc)
    const at = ['$', ...path].join(' ')
    for (const key of Object.keys(container)) {
      if (!Array.isArray(container)) {
        yield {
          name,
          doc: changed(doc, path, (it) => Reflect.deleteProperty(it, key)),
          what: `${at} without ${key}`,
        }
      }
      for (const value of substitutes) {
        const mutated = changed(doc, path, (it) => (it[key] = value))
        yield { name, doc: mutated, what: `${at} ${key} = ${JSON.stringify(value)}` }
      }
    }
    if (Array.isArray(container)) continue
    for (const key of extraKeys) {
      const property = { value: {}, enumerable: true }
      const mutated = changed(doc, path, (it) => Object.defineProperty(it, key, property))
      yield { name, doc: mutated, what: `${at} with ${JSON.stringify(key)}` }
    }
  }
}

/** Documents that use more of their schemas than the examples do. */
const rich: Partial<Record<DocumentName, Dict>> = {
  start: {
    uid: 'a',
    time: 1.5,
    data_groups: ['beamline'],
    hints: { dimensions: [[['motor'], 'primary']] },
    projections: [
      {
        name: 'nexus',
        version: '1',
        configuration: {},
        projection: {
          one: { type: 'linked', location: 'event', stream: 'primary', field: 'det' },
          two: { type: 'static', value: 1 },
        },
      },
    ],
    sample: 'Ni',
    shape: [3, 4],
  },
  descriptor: {
    uid: 'd',
    run_start: 'a',
    time: 1.5,
    hints: { det: { fields: ['det'] }, NX_class: 'NXdetector' },
    object_keys: { det: ['det'] },
    object_classes: { det: 'ophyd.sim.SynGauss' },
    configuration: {
      det: {
        data: { gain: 1 },
        timestamps: { gain: 1 },
        data_keys: { gain: { source: 'x', dtype: 'integer', shape: [] } },
      },
    },
    data_keys: {
      det: {
        ...{ source: 'SIM', dtype: 'array', shape: [null, 2], dims: ['x'], choices: ['a'] },
        ...{ external: 'FILESTORE:', precision: 3, units: null },
        dtype_numpy: [['x', '<f8']],
        limits: { control: { low: 0, high: null }, rds: null, hysteresis: 0.1 },
      },
    },
  },
  event_page: {
    ...{ uid: ['e'], descriptor: 'd', seq_num: [1], time: [1.5], filled: { image: [false, 'id'] } },
    ...{ data: { image: ['id'] }, timestamps: { image: [1.5] } },
  },
}

describe.skipIf(!hasPython)('validateDocument beside event_model.schema_validators', () => {
  it("gives the same verdict on documents of all kinds, whole and mutated, but for NumPy's scalars", async () => {
    const file = join(root, 'packages/core/scripts/generate/examples.json')
    const examples = JSON.parse(await readFile(file, 'utf8')) as Record<DocumentName, Dict>
    const cases = [...Object.entries(examples), ...Object.entries(rich)].flatMap(([name, doc]) => [
      ...mutations(name as DocumentName, doc),
    ])
    const theirs = await judgeInPython(cases)
    const different = cases.flatMap(({ name, doc, what }, index) => {
      const verdict = theirs[index]
      const ours = validateDocument(name, fromTagged(doc)).valid
      return verdict === null || verdict === ours ? [] : [`${name}: ${what}: ours ${ours}`]
    })

    // an ndarray's elements are NumPy's scalars there, which have an __array__ and no Python type
    expect(different).toEqual([
      'start: $ hints dimensions = {"$ndarray":["a","b"],"dtype":"<U1","shape":[2]}: ours false',
      'event_page: $ filled image = {"$ndarray":[true,false],"dtype":"|b1","shape":[2]}: ours true',
    ])
    expect(theirs).toHaveLength(cases.length)
    expect(theirs.filter(Boolean).length).toBeGreaterThan(300)
    expect(theirs.filter((valid) => valid === false).length).toBeGreaterThan(300)
    expect(theirs.filter((valid) => valid === null).length).toBeLessThan(100)
  })
})
