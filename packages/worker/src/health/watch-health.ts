import type { DocumentSource, RunRouter } from '@prompt-papermill/core'

import type { LastDocument } from '../alarm/last-document.js'
import type { Config } from '../config/config.js'
import type { PatientLedger } from '../ledger/patient-ledger.js'
import type { OpenQueue } from '../queue/open-queue.js'
import type { PatientResults } from '../results/patient-results.js'
import type { RulesInForce } from '../rules/rules-in-force.js'
import type { Health, HealthPart } from './health.js'
import { Probe, type ProbeOptions } from './probe.js'
import { problemOfProgram, programsOf } from './pythons.js'
import { SourceStates } from './source-states.js'
import { problemOfWriting } from './writable-folder.js'

/** What is looked at. */
export interface Watched {
  readonly sources: readonly DocumentSource[]
  readonly router: RunRouter
  readonly ledger: Pick<PatientLedger, 'trouble' | 'writable'>
  /** Its trouble is what keeps it from having jobs performed; without any it is none that can fail. */
  readonly queue: Pick<OpenQueue, 'trouble'>
  readonly results: Pick<PatientResults, 'trouble' | 'look'>
  readonly rules: Pick<RulesInForce, 'kernels'>
  readonly lastDocument: LastDocument
  /** Why the alarm is on; null: it is not. */
  readonly alarm: () => string | null
  /** Whether notebooks run here. */
  readonly performs: boolean
  /** The config in force. */
  readonly config: () => Config
}

/** Tells how a worker is, by what is known anyway and what is tried when somebody asks. */
export class WatchHealth {
  readonly #watched: Watched
  readonly #sources: readonly (readonly [DocumentSource, SourceStates])[]
  readonly #ledger: Probe
  readonly #results: Probe
  readonly #options: Partial<ProbeOptions>
  readonly #programs = new Map<string, Probe>()

  constructor(watched: Watched, options: Partial<ProbeOptions> = {}) {
    this.#watched = watched
    this.#options = options
    this.#sources = watched.sources.map((source) => [source, new SourceStates(source)])
    const { results, state } = watched.config()
    this.#ledger = new Probe(
      `the ledger in ${state}`,
      async () => {
        // it keeps what is wrong itself; here only how long it takes
        await watched.ledger.writable()
        return null
      },
      options,
    )
    this.#results = new Probe(
      `the results folder ${results.root}`,
      // what is written where a disk is not mounted says nothing
      async () =>
        (await watched.results.look()) ?? problemOfWriting(results.root, 'the results folder'),
      options,
    )
  }

  /** Tries what can be tried, then tells how the worker is. */
  async probe(): Promise<Health> {
    const programs = this.#programsNow().map(([, probe]) => probe.look())
    await Promise.all([this.#ledger.look(), this.#results.look(), ...programs])
    return this.health()
  }

  /** How the worker is, as far as it is known. */
  health(): Health {
    const { router, lastDocument } = this.#watched
    const parts = this.#parts()
    const troubles = parts.flatMap(({ trouble }) => trouble ?? [])
    const { age } = lastDocument
    return {
      ready: troubles.length === 0,
      troubles,
      parts,
      sources: this.#sources.map(([{ description, connected, counts }, { addresses }]) => ({
        source: description,
        connected,
        addresses,
        ...counts,
      })),
      last_document_at: age === null ? null : new Date(Date.now() - age).toISOString(),
      last_document_seconds: age === null ? null : Math.round(age) / 1000,
      alarm: this.#watched.alarm(),
      open_runs: router.openRuns.length,
      paused: router.queue.paused,
      pid: process.pid,
    }
  }

  #parts(): HealthPart[] {
    const { ledger, queue, results, rules } = this.#watched
    const part = (name: HealthPart['part'], what: string, trouble: string | null): HealthPart => ({
      part: name,
      what,
      ok: trouble === null,
      trouble,
    })
    const { troubles } = rules.kernels
    const { root } = this.#watched.config().results
    return [
      ...this.#sources.map(([{ description }, { trouble }]) =>
        part('source', description, trouble),
      ),
      part('ledger', this.#watched.config().state, ledger.trouble?.message ?? this.#ledger.trouble),
      part('results', root, results.trouble ?? this.#results.trouble),
      ...(queue.trouble === undefined ? [] : [part('queue', 'Redis', queue.trouble)]),
      ...this.#programsNow().map(([program, probe]) =>
        part('python', program, probe.trouble ?? kernelTrouble(troubles.get(program))),
      ),
    ]
  }

  /** A probe for each program that the rules in force use. */
  #programsNow(): [string, Probe][] {
    const { performs, config } = this.#watched
    const programs = performs ? programsOf(config()) : new Set<string>()
    for (const known of this.#programs.keys())
      if (!programs.has(known)) this.#programs.delete(known)
    for (const program of programs) {
      if (this.#programs.has(program)) continue
      this.#programs.set(
        program,
        new Probe(program, () => problemOfProgram(program), this.#options),
      )
    }
    return [...this.#programs]
  }
}

function kernelTrouble(trouble: string | undefined): string | null {
  if (trouble === undefined) return null
  return `${trouble}. It is tried again; the log has what Python said, and \`prompt-papermill check\` finds out more`
}
