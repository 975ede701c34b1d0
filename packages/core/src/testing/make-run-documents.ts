import type { EventDescriptor, RunStart, RunStop } from '../documents/generated/index.js'
import type { DocumentMessage } from '../documents/messages.js'

/** Which run {@link makeRunDocuments} makes. */
export interface RunDocumentsOptions {
  /**
   * The run's uid.
   *
   * @defaultValue a fresh UUID
   */
  uid?: string
  /**
   * The plan that made it.
   *
   * @defaultValue `'count'`
   */
  plan_name?: string
  /**
   * The number that people call it by.
   *
   * @defaultValue `1`
   */
  scan_id?: number
  /**
   * The Run Start's time, in seconds since 1970; everything else comes a tenth of a second apart.
   *
   * @defaultValue `1795444364.5`, in November 2026
   */
  time?: number
  /** More keys of the Run Start. */
  metadata?: Readonly<Record<string, unknown>>
  /**
   * How many events each stream has, by the stream's name.
   *
   * @defaultValue `{ primary: 3 }`
   */
  events?: Readonly<Record<string, number>>
  /**
   * How it ended.
   *
   * @defaultValue `'success'`
   */
  exit_status?: 'success' | 'abort' | 'fail'
}

/** The documents of one run. */
export interface RunDocuments {
  /** The run's uid. */
  readonly uid: string
  /** Begins the run. */
  readonly start: RunStart
  /** By the stream's name. */
  readonly descriptors: Readonly<Record<string, EventDescriptor>>
  /** Ends the run. */
  readonly stop: RunStop
  /** All of them, in the order in which a RunEngine emits them. */
  readonly messages: readonly DocumentMessage[]
}

/**
 * Makes the documents of a run that breaks no schema: of the shapes that `event_model.compose_run` gives,
 * with one detector `det` in each stream, which reads 1.5, 3, 4.5 and so on.
 *
 * @example
 * ```ts
 * import { makeRunDocuments } from '@prompt-papermill/core/testing'
 *
 * const { messages } = makeRunDocuments({ plan_name: 'scan', events: { primary: 2 } })
 * console.log(messages.map(({ name }) => name)) // [ 'start', 'descriptor', 'event', 'event', 'stop' ]
 * ```
 */
export function makeRunDocuments(options: RunDocumentsOptions = {}): RunDocuments {
  const uid = options.uid ?? crypto.randomUUID()
  const began = options.time ?? 1_795_444_364.5
  let ticks = 0
  const now = (): number => began + 0.1 * (ticks += 1)
  const { plan_name = 'count', scan_id = 1, events = { primary: 3 } } = options
  const start: RunStart = { uid, time: began, plan_name, scan_id, ...options.metadata }
  const descriptors = Object.fromEntries(
    Object.keys(events).map((name) => [name, descriptorOf(uid, name, now())]),
  )
  const readings = Object.entries(events).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, i) =>
      eventOf((descriptors[name] as EventDescriptor).uid, i + 1, now()),
    ),
  )
  const stop: RunStop = {
    uid: crypto.randomUUID(),
    time: now(),
    run_start: uid,
    exit_status: options.exit_status ?? 'success',
    reason: '',
    num_events: { ...events },
  }
  const messages: DocumentMessage[] = [
    { name: 'start', doc: start },
    ...Object.values(descriptors).map((doc) => ({ name: 'descriptor', doc }) as const),
    ...readings,
    { name: 'stop', doc: stop },
  ]
  return { uid, start, descriptors, stop, messages }
}

function descriptorOf(run: string, name: string, time: number): EventDescriptor {
  const data_keys = {
    det: { source: 'SIM:det', dtype: 'number', shape: [], object_name: 'det', units: 'counts' },
  } as const
  return {
    uid: crypto.randomUUID(),
    time,
    run_start: run,
    name,
    data_keys: { det: { ...data_keys.det, shape: [] } },
    configuration: { det: { data: {}, timestamps: {}, data_keys: {} } },
    hints: { det: { fields: ['det'] } },
    object_keys: { det: ['det'] },
  }
}

function eventOf(descriptor: string, seq_num: number, time: number): DocumentMessage {
  const doc = {
    uid: crypto.randomUUID(),
    time,
    descriptor,
    seq_num,
    data: { det: seq_num * 1.5 },
    timestamps: { det: time },
    filled: {},
  }
  return { name: 'event', doc }
}
