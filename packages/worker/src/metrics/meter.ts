import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

import type { Tally } from './tally.js'

/** What the names of all metrics begin with, but for those of the process. */
const prefix = 'prompt_papermill_'

/** Makes metrics in one registry: never in prom-client's global one. */
export class Meter {
  readonly #registers: [Registry]

  constructor(registry: Registry) {
    this.#registers = [registry]
  }

  counter<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Counter<L> {
    return new Counter({ name: prefix + name, help, labelNames, registers: this.#registers })
  }

  histogram<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: readonly number[],
  ): Histogram<L> {
    const name_ = prefix + name
    return new Histogram({
      ...{ name: name_, help, labelNames, buckets: [...buckets] },
      registers: this.#registers,
    })
  }

  /** A counter whose numbers are kept elsewhere and read when they are asked for. */
  tallied(name: string, help: string, label: string, tally: Tally): void {
    new Counter({
      ...{ name: prefix + name, help, labelNames: [label], registers: this.#registers },
      collect() {
        this.reset()
        for (const [word, count] of tally) this.inc({ [label]: word }, count)
      },
    })
  }

  /** A gauge of one number that is read when it is asked for. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      ...{ name: prefix + name, help, registers: this.#registers },
      collect() {
        this.set(read())
      },
    })
  }

  /** A gauge with one number for each word, all of them read when they are asked for. */
  gauges(
    name: string,
    help: string,
    label: string,
    read: () => Iterable<readonly [string, number]> | Promise<Iterable<readonly [string, number]>>,
  ): void {
    new Gauge({
      ...{ name: prefix + name, help, labelNames: [label], registers: this.#registers },
      async collect() {
        const values = await read()
        this.reset()
        for (const [word, value] of values) this.set({ [label]: word }, value)
      },
    })
  }
}
