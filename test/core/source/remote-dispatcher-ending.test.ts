import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const rounds = 20
const program = (name: string): string =>
  fileURLToPath(new URL(`programs/${name}`, import.meta.url))

let address: string
let publisher: ReturnType<typeof spawn>

beforeAll(async () => {
  publisher = spawn(process.execPath, [program('publish_forever.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  ;[address] = (await once(createInterface(publisher.stdout!), 'line')) as [string]
})
afterAll(async () => {
  publisher.kill()
  await once(publisher, 'exit')
})

/** Runs the program that ends while its thread receives; `signal` is sent to it once it does. */
async function endOf(how: string, signal?: NodeJS.Signals): Promise<[unknown, string]> {
  const child = spawn(process.execPath, [program('end.mjs'), address, how])
  if (signal) child.stdout.once('data', () => child.kill(signal))
  const [said, [code, killedBy]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return [killedBy ?? code, said]
}

// Node stops a thread wherever it is, and one that is within zeromq takes the process down with SIGABRT
describe('a program that ends while a RemoteDispatcher receives', { timeout: 300_000 }, () => {
  it.each([
    ['exit', 'by process.exit(3)'],
    ['early', 'by process.exit(3) while it starts'],
  ])('has its own exit code: %s, %s', async (how) => {
    for (let round = 0; round < rounds; round++) expect(await endOf(how)).toEqual([3, ''])
  })

  it('has the exit code and the message of an error that nobody caught', async () => {
    for (let round = 0; round < rounds; round++) {
      const [code, said] = await endOf('throw')
      expect(code).toBe(1)
      expect(said).toContain('Error: a mistake of the program')
      expect(said).not.toContain('terminate called')
    }
  })

  it('is killed by a signal as any other', async () => {
    for (let round = 0; round < rounds; round++) {
      expect(await endOf('wait', 'SIGTERM')).toEqual(['SIGTERM', ''])
    }
  })
})
