import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads'

import type { Database } from 'better-sqlite3'

import { LedgerError } from '../ledger-error.js'
import { Batches } from './batch.js'
import { explainError } from './explain-error.js'
import { type LedgerLock, takeLock } from './lock.js'
import { ledgerFile, openForChanges, openForReading, openForWriting } from './open-database.js'
import {
  type AnswersMessage,
  type CallMessage,
  type OpeningMessage,
  type PlainError,
  type ThreadData,
  type WriteMethod,
  writeMethods,
} from './protocol.js'
import { Reads } from './reads.js'
import { Writes } from './writes.js'

/**
 * The thread that waits for the disk in place of the loop that receives. All calls that have come while a commit
 * was under way go into the next one together: nothing waits longer than two of them take.
 */
class LedgerThread {
  readonly #port: MessagePort
  readonly #db: Database
  readonly #lock: LedgerLock | null
  readonly #reads: Reads
  readonly #writes: Writes
  readonly #batches: Batches

  constructor(port: MessagePort, { state, role }: ThreadData) {
    this.#port = port
    this.#lock = role === 'writer' ? takeLock(state) : null
    try {
      this.#db = open(state, role)
    } catch (error) {
      this.#lock?.release()
      throw error
    }
    this.#reads = new Reads(this.#db)
    this.#writes = new Writes(this.#db)
    this.#batches = new Batches(this.#db)
    port.on('message', (first: CallMessage) => this.#take(first))
  }

  #take(first: CallMessage): void {
    const calls = [first, ...this.#waiting()]
    const closing = calls.find(({ method }) => method === 'close')
    const writing = calls.filter(({ method }) => isWrite(method))
    const reading = calls.filter(({ method }) => !isWrite(method) && method !== 'close')
    this.#answer([...this.#write(writing), ...reading.map((call) => this.#read(call))])
    if (closing) this.#close(closing)
  }

  #waiting(): CallMessage[] {
    const calls: CallMessage[] = []
    for (;;) {
      const next = receiveMessageOnPort(this.#port) as { message: CallMessage } | undefined
      if (!next) return calls
      calls.push(next.message)
    }
  }

  #write(calls: readonly CallMessage[]): AnswersMessage['answers'] {
    if (calls.length === 0) return []
    const outcomes = this.#batches.commit(
      calls.map((call) => () => this.#perform(this.#writes, call)),
    )
    return calls.map(({ id }, i) => {
      const outcome = outcomes[i] as (typeof outcomes)[number]
      return 'error' in outcome ? { id, error: plain(outcome.error) } : { id, value: outcome.value }
    })
  }

  #read(call: CallMessage): AnswersMessage['answers'][number] {
    try {
      return { id: call.id, value: this.#perform(this.#reads, call) }
    } catch (error) {
      return { id: call.id, error: plain(explainError(error, this.#db.name)) }
    }
  }

  #perform(on: object, { method, args }: CallMessage): unknown {
    return (on as Record<string, (...args: readonly unknown[]) => unknown>)[method]?.(...args)
  }

  #answer(answers: AnswersMessage['answers']): void {
    if (answers.length > 0) this.#port.postMessage({ answers } satisfies AnswersMessage)
  }

  #close({ id }: CallMessage): void {
    this.#db.close()
    this.#lock?.release()
    this.#answer([{ id, value: undefined }])
    this.#port.close()
  }
}

function open(state: string, role: ThreadData['role']): Database {
  if (role === 'writer') return openForWriting(state)
  const db = role === 'reader' ? openForReading(state) : openForChanges(state)
  if (db) return db
  throw new LedgerError('gone', `the ledger ${ledgerFile(state)} is gone`)
}

function isWrite(method: string): method is WriteMethod {
  return (writeMethods as readonly string[]).includes(method)
}

function plain({ code, message }: LedgerError): PlainError {
  return { code, message }
}

function serve(port: MessagePort, data: ThreadData): void {
  try {
    new LedgerThread(port, data)
    port.postMessage({ open: true } satisfies OpeningMessage)
  } catch (error) {
    const explained = plain(explainError(error, ledgerFile(data.state)))
    port.postMessage({ error: explained } satisfies OpeningMessage)
    port.close()
  }
}

if (parentPort) serve(parentPort, workerData as ThreadData)
