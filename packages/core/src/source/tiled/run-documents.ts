import type { Event, EventDescriptor, EventPage } from '../../documents/generated/index.js'
import type { DocumentMessage } from '../../documents/messages.js'
import type { TiledClient, TiledNode, TiledRun } from './tiled-client.js'
import { readTable, type Table } from './table.js'

/** Events in one page: what is held at once beside the table itself. */
const pageRows = 1000

/**
 * The documents of a run, made again from what a Tiled server has of it: Run Start, a descriptor and the events
 * of each stream, Run Stop.
 *
 * Equal to those that bluesky's `TiledWriter` was given, but for what the server does not keep: the events' own
 * `uid` (here the descriptor's with the `seq_num`), `object_keys`, and how the events of several streams were
 * interleaved. Data that detectors wrote to files come as `stream_resource` and `stream_datum`.
 *
 * @param tiled - where the run is
 * @param run - one of those that it gave
 * @param signal - breaks off when it is aborted
 * @throws BlueskyError `connection` if the server can't be asked, `bad-payload` for an answer that can't be read,
 *   `missing-library` without flechette.
 *
 * @example
 * ```ts
 * import { RunRouter } from '@prompt-papermill/core'
 * import { runDocuments, TiledClient } from '@prompt-papermill/core/tiled'
 *
 * const router = new RunRouter()
 * router.events.on('decided', ({ run }) => console.log(run.start.plan_name, run.events)) // scan { primary: 5 }
 * const tiled = new TiledClient({ url: 'http://localhost:8000', apiKey: process.env.TILED_API_KEY })
 * const run = await tiled.run('5d8beb4d-8b22-44a9-a1da-0839189d3c61')
 * if (run) for await (const message of runDocuments(tiled, run)) router.dispatch(message)
 * await router.settled()
 * ```
 */
export async function* runDocuments(
  tiled: TiledClient,
  run: TiledRun,
  signal?: AbortSignal,
): AsyncGenerator<DocumentMessage, void, undefined> {
  yield { name: 'start', doc: run.start }
  for (const { node, path } of await streamsOf(tiled, run.uid, signal)) {
    const descriptor = descriptorOf(run, node)
    yield { name: 'descriptor', doc: descriptor }
    for (const part of await tiled.children(path, signal)) {
      if (part.family === 'table') {
        yield* pagesOf(descriptor, await readTable(await tiled.arrow([...path, part.id], signal)))
      } else if (part.family === 'array') {
        yield* externalOf(run, descriptor, part)
      }
    }
  }
  if (run.stop) yield { name: 'stop', doc: run.stop }
}

interface Stream {
  readonly node: TiledNode
  readonly path: readonly string[]
}

/** The streams of a run; bluesky 1.14 kept them one level deeper, under `streams`. */
async function streamsOf(
  tiled: TiledClient,
  uid: string,
  signal: AbortSignal | undefined,
): Promise<Stream[]> {
  const isStream = ({ specs }: TiledNode): boolean => specs.includes('BlueskyEventStream')
  const children = await tiled.children([uid], signal)
  const older = children.find((node) => node.id === 'streams' && !isStream(node))
  const streams = older ? await tiled.children([uid, older.id], signal) : children
  const above = older ? [uid, older.id] : [uid]
  return streams.filter(isStream).map((node) => ({ node, path: [...above, node.id] }))
}

function descriptorOf(run: TiledRun, { id, metadata }: TiledNode): EventDescriptor {
  // what TiledWriter adds of its own is no part of a descriptor
  const { object_classes: _, ...kept } = metadata
  return {
    ...(kept as Partial<EventDescriptor>),
    uid: typeof kept.uid === 'string' ? kept.uid : `${run.uid}/${id}`,
    time: typeof kept.time === 'number' ? kept.time : run.start.time,
    data_keys: (kept.data_keys ?? {}) as EventDescriptor['data_keys'],
    run_start: run.uid,
    name: id,
  }
}

function* pagesOf(descriptor: EventDescriptor, table: Table): Generator<DocumentMessage> {
  const keys = Object.keys(descriptor.data_keys).filter((key) => table.columns.includes(key))
  for (let from = 0; from < table.rows; from += pageRows) {
    const to = Math.min(from + pageRows, table.rows)
    const column = (name: string): unknown[] => table.slice(name, from, to)
    const seqNums = column('seq_num') as Event['seq_num'][]
    const page: EventPage = {
      descriptor: descriptor.uid,
      uid: seqNums.map((seqNum) => `${descriptor.uid}/${seqNum}`),
      seq_num: seqNums,
      time: column('time') as number[],
      data: Object.fromEntries(keys.map((key) => [key, column(key)])),
      timestamps: Object.fromEntries(
        keys.map((key): [string, number[]] => [key, column(`ts_${key}`) as number[]]),
      ),
      filled: {},
    }
    yield { name: 'event_page', doc: page }
  }
}

/** What a detector wrote to files: where they are, and which events they belong to. */
function* externalOf(
  run: TiledRun,
  descriptor: EventDescriptor,
  array: TiledNode,
): Generator<DocumentMessage> {
  for (const [index, source] of array.dataSources.entries()) {
    const { mimetype, parameters, assets } = source as DataSource
    const uri = assets?.[0]?.data_uri
    if (typeof mimetype !== 'string' || typeof uri !== 'string') continue
    const uid = `${descriptor.uid}/${array.id}/${index}`
    yield {
      name: 'stream_resource',
      doc: {
        uid,
        run_start: run.uid,
        data_key: array.id,
        mimetype,
        uri,
        parameters: parameters ?? {},
      },
    }
    const events = run.stop?.num_events?.[descriptor.name ?? ''] ?? 0
    if (events === 0) continue
    yield {
      name: 'stream_datum',
      doc: {
        uid: `${uid}/0`,
        stream_resource: uid,
        descriptor: descriptor.uid,
        indices: { start: 0, stop: events },
        seq_nums: { start: 1, stop: events + 1 },
      },
    }
  }
}

interface DataSource {
  readonly mimetype?: unknown
  readonly parameters?: Record<string, unknown>
  readonly assets?: readonly { readonly data_uri?: unknown }[]
}
