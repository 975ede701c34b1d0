import { describe, expect, it } from 'vitest'

import {
  BlueskyError,
  composeRun,
  type DescriptorBundle,
  type ResourceBundle,
  type RunBundle,
  type StreamResourceBundle,
} from '../../../packages/core/src/documents.js'
import { hasPython } from '../../support/python.js'
import { howMany, pythonBatches } from '../../support/python-batches.js'

const sessions = howMany(2000)

/** A call of one of event_model's compose functions, and what it gave: null for an error. */
interface Call {
  readonly name: string
  /** Which of the session's bundles the function is of. */
  readonly of: number
  readonly arguments: never
  readonly doc: object | null
}

/** Makes the same calls on ours. */
class Session {
  #run!: RunBundle
  readonly #descriptors: DescriptorBundle[] = []
  readonly #resources: ResourceBundle[] = []
  readonly #streamResources: StreamResourceBundle[] = []

  call({ name, of, arguments: given }: Call): unknown {
    switch (name) {
      case 'composeRun':
        return (this.#run = composeRun(given)).start
      case 'composeDescriptor':
        return added(this.#descriptors, this.#run.composeDescriptor(given)).descriptor
      case 'composeEvent':
        return this.#descriptors[of]!.composeEvent(given)
      case 'composeEventPage':
        return this.#descriptors[of]!.composeEventPage(given)
      case 'composeResource':
        return added(this.#resources, this.#run.composeResource(given)).resource
      case 'composeDatum':
        return this.#resources[of]!.composeDatum(given)
      case 'composeDatumPage':
        return this.#resources[of]!.composeDatumPage(given)
      case 'composeStreamResource': {
        const bundle = this.#run.composeStreamResource(given)
        return added(this.#streamResources, bundle).streamResource
      }
      case 'composeStreamDatum':
        return this.#streamResources[of]!.composeStreamDatum(given)
      case 'composeStop':
        return this.#run.composeStop(given)
      default:
        throw new TypeError(name)
    }
  }
}

function added<T>(list: T[], item: T): T {
  list.push(item)
  return item
}

/** The document, or null for an error of the family. */
function outcome(session: Session, call: Call): unknown {
  try {
    return session.call(call)
  } catch (error) {
    if (error instanceof BlueskyError) return null
    throw error
  }
}

describe.skipIf(!hasPython)("compose functions beside event_model's", () => {
  it(
    `give the same documents, and refuse the same, in ${sessions} random sessions`,
    { timeout: 60_000 + sessions * 10 },
    () => {
      const counts = new Map<string, { good: number; bad: number }>()
      for (const calls of pythonBatches<Call[]>('event_model/compose_cases.py', sessions)) {
        const session = new Session()
        for (const call of calls) {
          const count = counts.get(call.name) ?? { good: 0, bad: 0 }
          counts.set(call.name, count)
          count[call.doc ? 'good' : 'bad'] += 1
          const what = `${call.name}(${JSON.stringify(call.arguments)}) in ${JSON.stringify(calls)}`
          expect(outcome(session, call), what).toEqual(call.doc)
        }
      }
      expect(counts.size).toBe(10)
      for (const [name, { good, bad }] of counts) {
        expect(good, name).toBeGreaterThan(100)
        expect(bad, name).toBeGreaterThan(20)
      }
    },
  )
})
