import { ColdKernels, KernelPool, type KernelSource } from '@prompt-papermill/papermill-runner'

import type { Config } from '../config/config.js'
import type { WorkerLogger } from '../log/logger.js'

/** Where the notebooks of one Python get their kernels. */
export type KernelsFor = (python: string) => KernelSource

/** How the kernels are that are started ahead. */
export interface KernelsState {
  /** How many wait for a notebook. */
  readonly warm: number
  /** How many are being started. */
  readonly starting: number
  /** Why none waits, by Python; without those that are well. */
  readonly troubles: ReadonlyMap<string, string>
}

/**
 * The worker's warm kernels, as `kernels` of the config says: a pool for each Python, shared by all entries
 * that use it. None with `warm: 0`, and none before {@link WarmKernels.start}.
 */
export class WarmKernels {
  readonly #kernels: Config['kernels']
  readonly #logger: WorkerLogger
  readonly #sources = new Map<string, StartableSource>()
  #started = false

  constructor(kernels: Config['kernels'], logger: WorkerLogger) {
    this.#kernels = kernels
    this.#logger = logger
  }

  /** The source for the notebooks of this Python: always the same one. */
  readonly for: KernelsFor = (python) => {
    const known = this.#sources.get(python)
    if (known) return known
    const source = new StartableSource(() => this.#pool(python))
    this.#sources.set(python, source)
    if (this.#started) source.start()
    return source
  }

  start(): void {
    this.#started = true
    for (const source of this.#sources.values()) source.start()
  }

  /** How many kernels wait and how many are being started, and why none waits, for each Python. */
  get state(): KernelsState {
    const pools = [...this.#sources].flatMap(([python, { pool }]) =>
      pool ? [{ python, pool }] : [],
    )
    const sum = (of: (pool: KernelPool) => number): number =>
      pools.reduce((total, { pool }) => total + of(pool), 0)
    return {
      warm: sum(({ ready }) => ready),
      starting: sum(({ starting }) => starting),
      troubles: new Map(
        pools.flatMap(({ python, pool: { trouble } }) =>
          trouble === null ? [] : [[python, trouble]],
        ),
      ),
    }
  }

  /** Ends the kernels that wait; a notebook that comes later starts its own. */
  async close(): Promise<void> {
    this.#started = false
    await Promise.all([...this.#sources.values()].map((source) => source.close()))
  }

  /** Ends the kernels of all other Pythons. */
  async keepOnly(pythons: ReadonlySet<string>): Promise<void> {
    const others = [...this.#sources].filter(([python]) => !pythons.has(python))
    for (const [python] of others) this.#sources.delete(python)
    await Promise.all(others.map(([, source]) => source.close()))
  }

  #pool(python: string): KernelSource {
    const { warm, preload, fork, env } = this.#kernels
    if (warm === 0) return new ColdKernels()
    return new KernelPool({ python, warm, preload, fork, env, logger: this.#logger })
  }
}

/** Cold kernels until it is started. */
class StartableSource implements KernelSource {
  readonly #make: () => KernelSource
  #source: KernelSource = new ColdKernels()

  constructor(make: () => KernelSource) {
    this.#make = make
  }

  start(): void {
    this.#source = this.#make()
  }

  /** Null where none is started ahead. */
  get pool(): KernelPool | null {
    return this.#source instanceof KernelPool ? this.#source : null
  }

  take: KernelSource['take'] = (needs) => this.#source.take(needs)

  async close(): Promise<void> {
    const source = this.#source
    this.#source = new ColdKernels()
    await source.close()
  }
}
