import { jsonDecoder } from '../../decode/decoders.js'
import type { RunStart, RunStop } from '../../documents/generated/index.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import { type CompiledTiledOptions, compileTiledOptions, type TiledOptions } from './options.js'

/** A run as a Tiled server has it. */
export interface TiledRun {
  /** The run's uid. */
  readonly uid: string
  /** Its Run Start, as the server has it. */
  readonly start: RunStart
  /** Null until the server has the Run Stop. */
  readonly stop: RunStop | null
}

/** Something below a run: a stream, a table or an array. */
export interface TiledNode {
  /** Its name in the one above. */
  readonly id: string
  /** `container`, `table`, `array`, … */
  readonly family: string
  /** The names of its specs, such as `BlueskyEventStream`. */
  readonly specs: readonly string[]
  /** What the server was told of it, such as a stream's descriptor. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** Where the data of an array are, if the server was told of files. */
  readonly dataSources: readonly Readonly<Record<string, unknown>>[]
}

/** As many as a server gives at once, at most. */
const pageSize = 300

/**
 * Asks a Tiled server (0.2 or newer) for bluesky's runs, over its HTTP API.
 *
 * @example
 * ```ts
 * import { TiledClient } from '@prompt-papermill/core/tiled'
 *
 * const tiled = new TiledClient({ url: 'http://localhost:8000', apiKey: process.env.TILED_API_KEY })
 * const anHourAgo = Date.now() / 1000 - 3600
 * for await (const { start, stop } of tiled.completedSince(anHourAgo)) {
 *   console.log(start.plan_name, stop?.exit_status) // scan success
 * }
 * ```
 */
export class TiledClient {
  /** The address of the catalog of runs, for people: without key. */
  readonly address: string
  readonly #options: CompiledTiledOptions
  readonly #json = jsonDecoder()

  /** @throws BlueskyError `bad-address`. */
  constructor(options: TiledOptions) {
    this.#options = compileTiledOptions(options)
    this.address = `${this.#options.api}/metadata/${this.#options.path}`
  }

  /**
   * Whether the server has the catalog of runs, and lets us see it.
   *
   * @throws BlueskyError `connection`, saying what the server answered.
   */
  async hasCatalog(signal?: AbortSignal): Promise<boolean> {
    return (await this.#ask(this.#below('metadata'), { fields: 'metadata' }, signal)) !== null
  }

  /**
   * One run, or null if the server does not have it.
   *
   * @throws BlueskyError `connection`, saying what the server answered.
   */
  async run(uid: string, signal?: AbortSignal): Promise<TiledRun | null> {
    const answer = await this.#ask(this.#below('metadata', uid), { fields: 'metadata' }, signal)
    return answer === null ? null : toRun((answer as { data: unknown }).data)
  }

  /**
   * The runs whose Run Stop has a `time` (seconds since the epoch) at or after the one given, oldest first.
   * Runs without Run Stop are not among them.
   *
   * A run that is written while this reads can be missed or come twice: ask again from an earlier time.
   *
   * @throws BlueskyError `connection`, saying what the server answered.
   */
  async *completedSince(
    time: number,
    signal?: AbortSignal,
  ): AsyncGenerator<TiledRun, void, undefined> {
    const query = {
      fields: 'metadata',
      sort: ['stop.time', 'start.uid'],
      'filter[comparison][condition][operator]': 'ge',
      'filter[comparison][condition][key]': 'stop.time',
      'filter[comparison][condition][value]': JSON.stringify(time),
    }
    for await (const entry of this.#pages(this.#below('search'), query, signal)) {
      const run = toRun(entry)
      if (run?.stop) yield run
    }
  }

  /**
   * What is below a run, or below a part of it: its streams, their tables and arrays.
   *
   * @throws BlueskyError `connection`, saying what the server answered.
   */
  async children(path: readonly string[], signal?: AbortSignal): Promise<TiledNode[]> {
    const query = { include_data_sources: 'true' }
    const nodes: TiledNode[] = []
    for await (const entry of this.#pages(this.#below('search', ...path), query, signal)) {
      const node = toNode(entry)
      if (node) nodes.push(node)
    }
    return nodes
  }

  /**
   * A whole table as an Arrow file.
   *
   * @throws BlueskyError `connection`, saying what the server answered.
   */
  async arrow(path: readonly string[], signal?: AbortSignal): Promise<Uint8Array> {
    const format = 'application/vnd.apache.arrow.file'
    const response = await this.#fetch(this.#below('table/full', ...path), { format }, signal)
    return new Uint8Array(await this.#body(response))
  }

  #below(verb: string, ...segments: readonly string[]): string {
    const { api, path } = this.#options
    return [api, verb, path, ...segments.map(encodeURIComponent)].join('/')
  }

  /** The server's own links to a next page lose sort and filter, so pages are counted here. */
  async *#pages(
    address: string,
    query: Query,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<unknown, void, undefined> {
    for (let offset = 0; ; offset += pageSize) {
      const page = { 'page[offset]': String(offset), 'page[limit]': String(pageSize) }
      const answer = await this.#ask(address, { ...query, omit_links: 'true', ...page }, signal)
      const data = (answer as { data?: unknown } | null)?.data
      if (!Array.isArray(data)) return
      yield* data
      if (data.length < pageSize) return
    }
  }

  /** A JSON answer, or null where there is nothing at that address. */
  async #ask(address: string, query: Query, signal: AbortSignal | undefined): Promise<unknown> {
    const response = await this.#fetch(address, query, signal)
    if (response.status === 404) return null
    const body = new Uint8Array(await this.#body(response))
    try {
      return this.#json.decode(body)
    } catch (cause) {
      throw new BlueskyError('connection', `${address} answered no JSON; is it a Tiled server?`, {
        cause,
      })
    }
  }

  async #fetch(address: string, query: Query, signal: AbortSignal | undefined): Promise<Response> {
    const url = new URL(address)
    for (const [key, values] of Object.entries(query)) {
      for (const value of [values].flat()) url.searchParams.append(key, value)
    }
    const timeout = AbortSignal.timeout(this.#options.timeout)
    try {
      return await fetch(url, {
        headers: this.#options.headers,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
    } catch (cause) {
      signal?.throwIfAborted()
      throw unreachable(address, cause)
    }
  }

  async #body(response: Response): Promise<ArrayBuffer> {
    let body: ArrayBuffer
    try {
      body = await response.arrayBuffer()
    } catch (cause) {
      throw unreachable(response.url, cause)
    }
    if (response.ok) return body
    throw refused(response, new TextDecoder().decode(body.slice(0, 500)))
  }
}

type Query = Readonly<Record<string, string | readonly string[]>>

function unreachable(address: string, cause: unknown): BlueskyError {
  const error = cause as Error & { cause?: { code?: string } }
  const why =
    error.name === 'TimeoutError' ? 'no answer in time' : (error.cause?.code ?? error.message)
  return new BlueskyError(
    'connection',
    `the Tiled server at ${address} can't be reached: ${why}; is it running, and the address right?`,
    { cause },
  )
}

function refused(response: Response, body: string): BlueskyError {
  const { status, url } = response
  const advice =
    status === 401 || status === 403
      ? 'give an API key that may read the runs'
      : status === 404
        ? 'is the path of the catalog right?'
        : 'its log says more'
  return new BlueskyError('connection', `${url} answered ${status}: ${body.trim()}; ${advice}`)
}

function toRun(entry: unknown): TiledRun | null {
  const metadata = metadataOf(entry)
  const start = metadata.start as RunStart | null | undefined
  if (typeof start?.uid !== 'string') return null
  const stop = metadata.stop as RunStop | null | undefined
  return { uid: start.uid, start, stop: stop ?? null }
}

function toNode(entry: unknown): TiledNode | null {
  const { id, attributes } = (entry ?? {}) as { id?: unknown; attributes?: Attributes }
  if (typeof id !== 'string') return null
  return {
    id,
    family: attributes?.structure_family ?? 'container',
    specs: (attributes?.specs ?? []).map(({ name }) => name),
    metadata: metadataOf(entry),
    dataSources: attributes?.data_sources ?? [],
  }
}

interface Attributes {
  readonly structure_family?: string
  readonly specs?: readonly { readonly name: string }[] | null
  readonly metadata?: Readonly<Record<string, unknown>> | null
  readonly data_sources?: readonly Readonly<Record<string, unknown>>[] | null
}

function metadataOf(entry: unknown): Readonly<Record<string, unknown>> {
  return (entry as { attributes?: Attributes } | null)?.attributes?.metadata ?? {}
}
