import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'

import { type DocumentMessage, NDArray, toPlainJson } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { execa } from 'execa'
import { onTestFinished } from 'vitest'

import { python } from '../../support/python.js'

const programs = fileURLToPath(new URL('programs/', import.meta.url))

/** The formats, which are the prefixes of the programs too. */
export const formats = ['pickle', 'msgpack', 'json'] as const

/** A child that goes when the test does. */
function child(file: string, args: readonly string[]) {
  const started = execa(file, args, {
    reject: false,
    stdin: 'pipe',
    env: { PYTHONUNBUFFERED: '1' },
    buffer: { stdout: false },
  })
  onTestFinished(async () => {
    started.kill('SIGKILL')
    await started
  })
  return started
}

/** Runs one of the programs to its end. */
export async function runProgram(name: string, args: readonly string[]): Promise<void> {
  await execa(python, [join(programs, name), ...args])
}

/** The real `bluesky-0MQ-proxy` on free ports of the loopback address. */
export async function realProxy(...args: string[]): Promise<{ in: string; out: string }> {
  const proxy = child(join(python, '..', 'bluesky-0MQ-proxy'), [
    ...['--in-address', 'tcp://127.0.0.1:*', '--out-address', 'tcp://127.0.0.1:*'],
    ...args,
  ])
  for await (const line of createInterface(proxy.stdout)) {
    const found = /Receiving on address (?<from>\S+); publishing to address (?<to>\S+)\./u.exec(
      line,
    )
    if (found?.groups) return { in: found.groups.from!, out: found.groups.to! }
  }
  throw new Error(`the proxy ended: ${(await proxy).stderr}`)
}

/** What Python's RemoteDispatcher got: the format, the document, and of which types it and its data are. */
export interface Got {
  readonly format: string
  readonly name: string
  readonly doc: Record<string, unknown>
  readonly type: string
  readonly dataTypes: readonly string[]
}

/** Python's RemoteDispatchers; `until` resolves with all they got once that is enough. */
export function pythonDispatchers(address: string, ...curve: string[]) {
  const program = child(python, [join(programs, 'subscribe.py'), address, ...curve])
  const got: Got[] = []
  const waiting = new Set<() => void>()
  createInterface(program.stdout).on('line', (line) => {
    const [format, name, doc, type, dataTypes] = JSON.parse(line) as [
      string,
      string,
      Record<string, unknown>,
      string,
      string[],
    ]
    got.push({ format, name, doc, type, dataTypes })
    for (const wake of waiting) wake()
  })
  return {
    got,
    async until(enough: (got: readonly Got[]) => boolean): Promise<readonly Got[]> {
      while (!enough(got)) {
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
      return got
    },
  }
}

/** Python's Publishers: what is given goes out in every format. */
export function pythonPublishers(address: string, ...curve: string[]) {
  const program = child(python, [join(programs, 'publish.py'), address, ...curve])
  return {
    publish({ name, doc }: DocumentMessage): void {
      program.stdin.write(`${toPlainJson([name, doc])}\n`)
    },
  }
}

/** A document whose only use is to see whether those who receive have joined. */
export const probe: DocumentMessage = { name: 'start', doc: { uid: 'probe', time: 0 } }

/** Publishes the probe again and again until `seen` resolves: a subscriber's joining has no event here. */
export async function probing(publish: (message: DocumentMessage) => void, seen: Promise<unknown>) {
  const timer = setInterval(() => publish(probe), 100)
  try {
    await seen
  } finally {
    clearInterval(timer)
  }
}

/** Whether every format has brought such a document. */
export function everyFormat(is: (got: Got) => boolean): (got: readonly Got[]) => boolean {
  return (got) => formats.every((format) => got.some((one) => one.format === format && is(one)))
}

/** A run whose events hold an array, 2 by 3. */
export function runWithArrays(): readonly DocumentMessage[] {
  const { messages } = makeRunDocuments({ events: { primary: 2 } })
  for (const { name, doc } of messages) {
    if (name === 'event') {
      doc.data.image = new NDArray('<i8', [2, 3], new BigInt64Array([1n, 2n, 3n, 4n, 5n, 6n]))
    }
  }
  return messages
}

/** The document as plain JSON has it. */
export function plain(doc: unknown): unknown {
  return JSON.parse(toPlainJson(doc)) as unknown
}
