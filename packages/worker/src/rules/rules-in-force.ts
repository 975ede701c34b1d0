import { isDeepStrictEqual } from 'node:util'

import type { Rule } from '@prompt-papermill/core'
import type { KernelSource } from '@prompt-papermill/papermill-runner'

import type { Config } from '../config/config.js'
import type { WorkerLogger } from '../log/logger.js'
import { loadActions } from './load-actions.js'
import { makeRules } from './make-rules.js'
import type { UsualTimesOf } from './usual-times.js'
import { type KernelsState, WarmKernels } from './warm-kernels.js'

/** The config's rules with their actions and warm kernels, as they are now: another config may take its place. */
export class RulesInForce {
  readonly #logger: WorkerLogger
  readonly #usualTimes: UsualTimesOf | undefined
  #config: Config
  #list: readonly Rule[]
  #kernels: WarmKernels
  #pythons: ReadonlySet<string>
  #started = false

  private constructor(
    config: Config,
    made: Made,
    logger: WorkerLogger,
    usualTimes: UsualTimesOf | undefined,
  ) {
    this.#usualTimes = usualTimes
    this.#config = config
    this.#logger = logger
    this.#list = made.rules
    this.#kernels = made.kernels
    this.#pythons = made.pythons
  }

  /**
   * Makes the rules of a config; no kernel is started yet.
   *
   * @param usualTimes - Looks up how long the cells of a template usually take; nothing is known by default.
   * @throws ConfigError for rules or actions that can't be used.
   */
  static async open(
    config: Config,
    logger: WorkerLogger,
    usualTimes?: UsualTimesOf,
  ): Promise<RulesInForce> {
    const made = await make(config, new WarmKernels(config.kernels, logger), usualTimes)
    return new RulesInForce(config, made, logger, usualTimes)
  }

  /** The rules, as core takes them. */
  get list(): readonly Rule[] {
    return this.#list
  }

  /** How the kernels are that are started ahead. */
  get kernels(): KernelsState {
    return this.#kernels.state
  }

  /** Starts the kernels that are to wait. */
  start(): void {
    this.#started = true
    this.#kernels.start()
  }

  /**
   * Puts another config's rules in force. Kernels that it wants as they are go on waiting.
   *
   * @throws ConfigError for rules or actions that can't be used; those before stay in force.
   */
  async change(config: Config): Promise<void> {
    const before = this.#kernels
    const same = isDeepStrictEqual(config.kernels, this.#config.kernels)
    const kernels = same ? before : new WarmKernels(config.kernels, this.#logger)
    let made: Made
    try {
      made = await make(config, kernels, this.#usualTimes)
    } catch (error) {
      // those that it would have wanted besides
      await before.keepOnly(this.#pythons)
      throw error
    }
    this.#config = config
    this.#list = made.rules
    this.#kernels = kernels
    this.#pythons = made.pythons
    if (this.#started && !same) kernels.start()
    await (same ? kernels.keepOnly(made.pythons) : before.close())
  }

  /** Ends the kernels that wait. */
  close(): Promise<void> {
    return this.#kernels.close()
  }
}

interface Made {
  readonly rules: readonly Rule[]
  readonly kernels: WarmKernels
  /** The Pythons that the rules use. */
  readonly pythons: ReadonlySet<string>
}

async function make(
  config: Config,
  kernels: WarmKernels,
  usualTimes: UsualTimesOf | undefined,
): Promise<Made> {
  const pythons = new Set<string>()
  const kernelsFor = (python: string): KernelSource => {
    pythons.add(python)
    return kernels.for(python)
  }
  const rules = makeRules(config, await loadActions(config), kernelsFor, usualTimes)
  return { rules, kernels, pythons }
}
