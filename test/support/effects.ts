import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Deployment } from './command-line.ts'

/** An action that takes a moment and writes the run's uid into a file, once for each time that it came to its end. */
const action = `
import { appendFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
export default {
  name: 'quick',
  async run(run, { parameters }) {
    await setTimeout(Math.random() * 100)
    await appendFile(parameters.log, JSON.stringify({ uid: run.uid, origin: run.origin, complete: run.complete }) + '\\n')
    return { state: 'succeeded' }
  },
}
`

/** What one analysis of a run saw. */
export interface Effect {
  readonly uid: string
  readonly origin: string
  readonly complete: boolean
}

/** The analyses that a deployment's worker has made. */
export class Effects {
  readonly #log: string

  private constructor(folder: string) {
    this.#log = join(folder, 'effects.log')
  }

  /** Lays the action and its file into a folder. */
  static async in(folder: string): Promise<Effects> {
    await writeFile(join(folder, 'quick.mjs'), action)
    const effects = new Effects(folder)
    await writeFile(effects.#log, '')
    return effects
  }

  /** The lines of a config that have every run analysed so. */
  get config(): string {
    return [
      'actions: { quick: ./quick.mjs }',
      `rules: [{ name: all, when: {}, actions: [{ use: quick, parameters: { log: ${this.#log} } }] }]`,
    ].join('\n')
  }

  get list(): readonly Effect[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Effect)
  }
}

/** Resolves once a deployment has that many jobs and all have ended; then a moment later still no more. */
export async function allEnded(deployment: Deployment, count: number, seconds = 120) {
  const open = new Set(['queued', 'waiting', 'running'])
  return deployment.jobsWhen(
    (jobs) => jobs.length >= count && jobs.every(({ state }) => !open.has(state)),
    seconds,
  )
}
