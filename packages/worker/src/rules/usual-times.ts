import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { manifestName, type RunRouter } from '@prompt-papermill/core'
import type { UsualTimes } from '@prompt-papermill/papermill-runner'

import type { Ledger } from '../ledger/ledger.js'

/** Looks up how long the cells of a template usually take, in seconds. */
export type UsualTimesOf = (template: string) => UsualTimes

/** How many folders are looked into: retention may have taken the newest. */
const mostFolders = 3

/**
 * How long the cells of an entry took when it last succeeded, so that progress says what to expect: from the
 * manifest of that attempt. Nothing is known before {@link UsualCellTimes.follow}.
 */
export class UsualCellTimes {
  #ledger: Pick<Ledger, 'jobs'> | undefined
  /** The folders of the attempts that last succeeded, the newest first, by rule and entry. */
  readonly #folders = new Map<string, Promise<readonly string[]>>()

  /** Asks a ledger for what was before, and a router for what comes. */
  follow(ledger: Pick<Ledger, 'jobs'>, { events }: Pick<RunRouter, 'events'>): void {
    this.#ledger = ledger
    events.on('job', ({ job: { rule, entry }, state, resultsDir }) => {
      if (state.state !== 'succeeded' || resultsDir === null) return
      this.#folders.set(keyOf(rule, entry), Promise.resolve([resultsDir]))
    })
  }

  readonly of: UsualTimesOf =
    (template) =>
    async (_, { job: { rule, entry } }) => {
      for (const folder of await this.#foldersOf(rule, entry)) {
        const seconds = await cellSeconds(folder, template)
        if (seconds) return seconds
      }
      return undefined
    }

  #foldersOf(rule: string, entry: string): Promise<readonly string[]> {
    const key = keyOf(rule, entry)
    const known = this.#folders.get(key)
    if (known) return known
    if (!this.#ledger) return Promise.resolve([])
    const query = { rule, entry, state: 'succeeded', limit: mostFolders }
    const asked = this.#ledger
      .jobs(query)
      .then(({ rows }) => rows.flatMap(({ results_dir: folder }) => folder ?? []))
    this.#folders.set(key, asked)
    // asked anew next time
    asked.catch(() => this.#folders.delete(key))
    return asked
  }
}

function keyOf(rule: string, entry: string): string {
  return `${rule}\0${entry}`
}

/** From a manifest, if it is there, of the same template, and says so. */
async function cellSeconds(
  folder: string,
  template: string,
): Promise<readonly number[] | undefined> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
  if (text === null) return undefined
  const { template: of, cell_seconds: seconds } = JSON.parse(text) as Record<string, unknown>
  const isList =
    Array.isArray(seconds) && seconds.every((each) => typeof each === 'number' && each >= 0)
  return of === template && isList ? (seconds as number[]) : undefined
}
