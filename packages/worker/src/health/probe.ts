/** What a probe tries: resolves with what is wrong and what to do about it, or null. */
export type Try = () => Promise<string | null>

/** How probes are made; milliseconds. */
export interface ProbeOptions {
  /** After how long a try that gives no answer counts as failed. */
  readonly limit: number
  /** How old an answer may be that is given once more. */
  readonly fresh: number
}

/** A disk that does not answer hangs for minutes; anybody may ask, so that it is not tried at each question. */
const probeDefaults: ProbeOptions = { limit: 3000, fresh: 1000 }

/** Tries something that may hang: never twice at once, and never for longer than is waited. */
export class Probe {
  readonly #try: Try
  readonly #what: string
  readonly #options: ProbeOptions
  #trouble: string | null = null
  #under: Promise<void> | null = null
  #at = -Infinity

  /** @param what - what is tried, for people: `the results folder /data`. */
  constructor(what: string, attempt: Try, options: Partial<ProbeOptions> = {}) {
    this.#what = what
    this.#try = attempt
    this.#options = { ...probeDefaults, ...options }
  }

  /** What is wrong, as far as the last look tells; null: nothing. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** Tries it, unless that was just done, and resolves with what is wrong. */
  async look(): Promise<string | null> {
    const { limit, fresh } = this.#options
    if (!this.#under && performance.now() - this.#at < fresh) return this.#trouble
    this.#under ??= this.#attempt()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), limit)
    })
    if ((await Promise.race([this.#under, late])) === 'late') {
      this.#trouble = `${this.#what} gives no answer within ${limit / 1000} s; is its disk or server away?`
    }
    clearTimeout(timer)
    return this.#trouble
  }

  async #attempt(): Promise<void> {
    try {
      this.#trouble = await this.#try()
    } catch (error) {
      this.#trouble = `${this.#what} can't be looked at: ${(error as Error).message}`
    }
    this.#at = performance.now()
    this.#under = null
  }
}
