import { describe, expect, it } from 'vitest'

import {
  type DocumentName,
  type EventDescriptor,
  type RunCallback,
  type RunFactory,
  RunRouter,
  type SubFactory,
  validateDocument,
} from '../../../packages/core/src/documents.js'
import { hasPython } from '../../support/python.js'
import { howMany, pythonBatches, seed } from '../../support/python-batches.js'
import {
  digest,
  makeCallback,
  makeRouter,
  type RecordCall,
  takesBulk,
  toMessage,
} from '../../support/recorders.js'

const streams = howMany(2500)

interface CallbacksSpec {
  readonly callbacks: readonly string[]
  readonly shared: boolean
}
interface FactorySpec extends CallbacksSpec {
  readonly plans: readonly string[]
  readonly subfactories: readonly (CallbacksSpec & { readonly streams: readonly string[] })[]
}
/** What the Python program prints for one stream. */
interface Stream {
  readonly documents: readonly (readonly [DocumentName, object])[]
  readonly factories: readonly FactorySpec[]
  /** The calls under Python's RunRouter. */
  readonly routed: readonly string[]
  /** The calls of single DocumentRouters, and what they gave back. */
  readonly alone: readonly { readonly kind: string; readonly calls: readonly string[] }[]
}

/** The calls of one stream, in order; the same as in test/fixtures/event_model/run_routers.py. */
class Recording {
  readonly calls: string[] = []
  #callbacks = 0
  readonly #shared = new Map<string, RunCallback>()

  factory(spec: FactorySpec, at: string): RunFactory {
    return (name, doc) => {
      this.calls.push(`factory ${at} ${name} ${digest(doc)}`)
      if (!spec.plans.includes(doc.plan_name ?? '')) return [[], []]
      const subFactories = spec.subfactories.map((sub, i) => this.#subFactory(sub, `${at}.${i}`))
      return [this.#callbacksOf(spec, at), subFactories]
    }
  }

  #subFactory(spec: FactorySpec['subfactories'][number], at: string): SubFactory {
    return (name: 'descriptor', doc: EventDescriptor) => {
      this.calls.push(`subfactory ${at} ${name} ${digest(doc)}`)
      return spec.streams.includes(doc.name ?? '') ? this.#callbacksOf(spec, at) : []
    }
  }

  #callbacksOf(spec: CallbacksSpec, at: string): readonly RunCallback[] {
    if (!spec.shared) {
      return spec.callbacks.map((kind) =>
        makeCallback(kind, this.#recorder(`${this.#callbacks++} ${kind}`)),
      )
    }
    const known = this.#shared.get(at)
    const callback = known ?? makeCallback('function', this.#recorder(`shared ${at}`))
    this.#shared.set(at, callback)
    return [callback]
  }

  #recorder(who: string): RecordCall {
    return (name, doc) => this.calls.push(`${who} ${name} ${digest(doc as object)}`)
  }
}

function routed({ factories, documents }: Stream): readonly string[] {
  const recording = new Recording()
  const router = new RunRouter(factories.map((spec, i) => recording.factory(spec, String(i))))
  router.events.on('callback-error', (error) => recording.calls.push(String(error)))
  for (const document of documents) router.dispatch(toMessage(document))
  return recording.calls
}

function alone(kind: string, { documents }: Stream): readonly string[] {
  const calls: string[] = []
  const router = makeRouter(kind, (name, doc) => calls.push(`${name} ${digest(doc as object)}`))
  for (const document of documents) {
    // Python loses these where single events or datums are wanted: that has its own test
    if (document[0].startsWith('bulk_') && !takesBulk.includes(kind)) continue
    const output = router.dispatch(toMessage(document))
    calls.push(`-> ${output.name} ${digest(output.doc)}`)
  }
  return calls
}

/** The first call that differs, with what came before it. */
function firstDifference(ours: readonly string[], theirs: readonly string[]): string | null {
  const length = Math.max(ours.length, theirs.length)
  for (let i = 0; i < length; i += 1) {
    if (ours[i] === theirs[i]) continue
    const before = ours.slice(Math.max(0, i - 3), i)
    return [...before, `ours: ${ours[i]}`, `theirs: ${theirs[i]}`].join('\n')
  }
  return null
}

describe.skipIf(!hasPython)("routers beside event_model's", () => {
  it(
    `call the same callbacks, in the same order, with the same documents, on ${streams} random streams`,
    { timeout: 60_000 + streams * 20 },
    () => {
      const names = new Set<string>()
      let [count, calls] = [0, 0]
      for (const stream of pythonBatches<Stream>('event_model/run_routers.py', streams)) {
        const at = `stream ${count} of seed ${seed}: `
        for (const [name, doc] of stream.documents) {
          names.add(name)
          if (!validateDocument(name, doc).valid) expect.fail(`${at}an invalid ${name}`)
        }
        const different = firstDifference(routed(stream), stream.routed)
        if (different !== null) expect.fail(`${at}RunRouter\n${different}`)
        for (const { kind, calls: theirs } of stream.alone) {
          const differs = firstDifference(alone(kind, stream), theirs)
          if (differs !== null) expect.fail(`${at}DocumentRouter "${kind}"\n${differs}`)
        }
        count += 1
        calls += stream.routed.length
      }
      expect(count).toBe(streams)
      expect(names.size).toBe(12)
      expect(calls).toBeGreaterThan(40 * streams)
    },
  )
})
