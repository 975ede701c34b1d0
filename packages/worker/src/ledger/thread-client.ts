import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

import { LedgerError } from './ledger-error.js'
import type {
  AnswersMessage,
  CallLedger,
  CallMessage,
  OpeningMessage,
  PlainError,
  ThreadData,
} from './sqlite/protocol.js'

/** Calls that may wait for the thread: so many runs and jobs change while a disk hangs. */
const maxWaiting = 50_000

/** A thread with a ledger's database. It keeps no program alive by itself. */
export class LedgerThread {
  readonly #worker: Worker
  readonly #opening: Promise<OpeningMessage>
  readonly #waiting = new Map<number, (answer: Settled) => void>()
  #calls = 0
  #over: LedgerError | null = null

  private constructor(data: ThreadData) {
    const worker = new Worker(threadFile(), {
      workerData: data,
      name: `ledger ${data.role}`,
      // not the program's: some of them, as --input-type, no thread takes
      execArgv: [],
    })
    this.#worker = worker
    this.#opening = new Promise((resolve) => {
      // one listener for all: to take the first message's away would stop the others' too
      worker.on('message', (message: OpeningMessage | AnswersMessage) => {
        if ('answers' in message) this.#settleAll(message)
        else resolve(message)
      })
      worker.on('error', ({ message }) => {
        const error = new LedgerError('closed', `the ledger's thread ended: ${message}`)
        this.#end(error)
        resolve({ error })
      })
    })
    worker.on('exit', () => this.#end(new LedgerError('closed', 'the ledger is closed')))
  }

  /**
   * Starts a thread and opens the database in it.
   *
   * @throws LedgerError.
   */
  static async open(data: ThreadData): Promise<LedgerThread> {
    const thread = new LedgerThread(data)
    const opening = await thread.#opening
    if ('error' in opening) throw errorOf(opening.error)
    thread.#worker.unref()
    return thread
  }

  /** Calls a method; rejects with what is wrong with the database. */
  readonly call: CallLedger = (method, ...args) => this.#send(method, args) as never

  /** Finishes what was begun and closes the database. */
  async close(): Promise<void> {
    if (!this.#over) await this.#send('close', [])
  }

  #send(method: CallMessage['method'], args: readonly unknown[]): Promise<unknown> {
    if (this.#over) return Promise.reject(this.#over)
    if (this.#waiting.size >= maxWaiting) {
      const message = `${maxWaiting} changes wait to be written to the ledger; its disk does not keep up`
      return Promise.reject(new LedgerError('too-many', message))
    }
    const id = (this.#calls += 1)
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        if ('error' in answer) reject(errorOf(answer.error))
        else resolve(answer.value)
      })
      this.#worker.ref()
      this.#worker.postMessage({ id, method, args } satisfies CallMessage)
    })
  }

  #settleAll({ answers }: AnswersMessage): void {
    for (const answer of answers) this.#settle(answer.id, answer)
    if (this.#waiting.size === 0) this.#worker.unref()
  }

  #settle(id: number, answer: Settled): void {
    const settle = this.#waiting.get(id)
    this.#waiting.delete(id)
    settle?.(answer)
  }

  #end(error: LedgerError): void {
    this.#over ??= error
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { error })
  }
}

type Settled = { readonly value: unknown } | { readonly error: PlainError }

function errorOf({ code, message }: PlainError): LedgerError {
  return new LedgerError(code, message)
}

/** What was built of `sqlite/ledger-thread.ts`, from the sources too: Node can't run TypeScript in a thread. */
function threadFile(): string {
  try {
    return createRequire(import.meta.url).resolve('#ledger-thread')
  } catch (error) {
    throw new LedgerError(
      'closed',
      `the file of the ledger's thread is missing; install @prompt-papermill/worker anew, or build it (npm run build -w packages/worker)`,
      { cause: error },
    )
  }
}
