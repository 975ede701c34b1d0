import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

import { root } from '../../support/python.js'
import type { Example } from './example.js'
import { expectedPrints, misprint } from './prints.js'
import type { Bench } from './workshop.js'

interface Told {
  readonly index: number
  readonly line?: number
  readonly text?: string
  readonly evaluated?: boolean
}

/**
 * Whether an example can share a process with others: it only computes. What waits, opens something or goes on
 * by itself gets a process of its own.
 */
export function canShare({ code, manner }: Example): boolean {
  const modules = [...code.matchAll(/from '(?<module>[^']+)'/gu)].map(
    ({ groups }) => groups?.module,
  )
  return (
    manner.kind === 'ends' &&
    !/\bawait\b|\bsetTimeout\b|\bsetInterval\b|\bthrow\b/u.test(code) &&
    modules.every((module) => module?.startsWith('@prompt-papermill/core'))
  )
}

/**
 * Runs examples that can share a process, one after the other in one: starting Node takes longer than they do.
 *
 * @returns what is wrong with each; null for those that it did not come to, or that left something open: run
 *   these alone, which tells why.
 */
export async function performTogether(
  benches: ReadonlyMap<Example, Bench>,
): Promise<(example: Example) => readonly string[] | null> {
  const programs = [...benches.values()].map(({ program }) => program)
  const runner = join(root, 'test/docs/support/run-example.mjs')
  const child = spawn(process.execPath, [runner, ...programs], {
    env: { PATH: process.env.PATH, TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const told: Told[] = []
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) =>
    told.push(JSON.parse(line) as Told),
  )
  await once(child, 'close')
  const order = [...benches.keys()]
  return (example) => {
    const own = told.filter(({ index }) => order[index] === example)
    if (!own.some(({ evaluated }) => evaluated === true)) return null
    const printed = (at: number): string[] =>
      own.filter(({ line }) => line === at).map(({ text }) => text ?? '')
    return expectedPrints(example.code)
      .map((each) => misprint(each, printed(each.line)))
      .filter((wrong) => wrong !== null)
  }
}
