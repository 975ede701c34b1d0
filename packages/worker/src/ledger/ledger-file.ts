import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import {
  fromLosslessJson,
  type JobStatus,
  toLosslessJson,
  writeWhole,
} from '@prompt-papermill/core'

import type { Ledger, LedgerContents, RunEntry } from './ledger.js'

/** The ledger's file below the state folder. */
export const ledgerName = 'ledger.jsonl'

/** A line of the file; of each run and job the last one counts. */
type Line =
  | { readonly run: RunEntry }
  | { readonly job: JobStatus }
  | { readonly status: Omit<JobStatus, 'job'> & { readonly id: string } }

/**
 * What a state folder's ledger holds, whether or not a worker has it open.
 *
 * A last line that was cut short by a crash is left out.
 */
export async function readLedger(state: string): Promise<LedgerContents> {
  const contents = { runs: new Map<string, RunEntry>(), jobs: new Map<string, JobStatus>() }
  let text: string
  try {
    text = await readFile(join(state, ledgerName), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return contents
    throw error
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  for (const line of whole.split('\n')) {
    if (line !== '') take(contents, fromLosslessJson(line) as Line)
  }
  return contents
}

/**
 * Opens the ledger of a state folder for writing: a file of lossless JSON lines, written in order. It is
 * rewritten to its last lines when it is opened.
 */
export async function openLedgerFile(state: string): Promise<Ledger> {
  const path = join(state, ledgerName)
  await mkdir(dirname(path), { recursive: true })
  const contents = await readLedger(state)
  const lines: Line[] = [
    ...[...contents.runs.values()].map((run) => ({ run })),
    ...[...contents.jobs.values()].map((job) => ({ job })),
  ]
  await writeWhole(path, lines.map(lineOf).join(''))
  return new LedgerFile(await open(path, 'a'), contents)
}

class LedgerFile implements Ledger {
  readonly contents: Mutable<LedgerContents>
  readonly #file: FileHandle
  #pending = ''
  #writing: Promise<void> | undefined

  constructor(file: FileHandle, contents: LedgerContents) {
    this.#file = file
    this.contents = contents as Mutable<LedgerContents>
  }

  noteRun(entry: RunEntry): Promise<void> {
    return this.#note({ run: entry })
  }

  noteJob(status: JobStatus): Promise<void> {
    const { job, ...rest } = status
    const known = this.contents.jobs.has(job.id)
    return this.#note(known ? { status: { id: job.id, ...rest } } : { job: status })
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }

  #note(line: Line): Promise<void> {
    take(this.contents, line)
    this.#pending += lineOf(line)
    // what comes while a write is under way goes out together with the next
    this.#writing = (this.#writing ?? Promise.resolve()).then(() => this.#flush())
    return this.#writing
  }

  async #flush(): Promise<void> {
    const text = this.#pending
    this.#pending = ''
    if (text !== '') await this.#file.appendFile(text)
  }
}

type Mutable<T> = { [K in keyof T]: T[K] extends ReadonlyMap<infer A, infer B> ? Map<A, B> : T[K] }

function take(contents: Mutable<LedgerContents>, line: Line): void {
  if ('run' in line) contents.runs.set(line.run.run.uid, line.run)
  else if ('job' in line) contents.jobs.set(line.job.job.id, line.job)
  else {
    const { id, ...rest } = line.status
    const known = contents.jobs.get(id)
    if (known) contents.jobs.set(id, { ...known, ...rest })
  }
}

function lineOf(line: Line): string {
  return `${toLosslessJson(line)}\n`
}
