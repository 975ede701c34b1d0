import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { python } from './python.js'

/** A value as Python serialized it, and what it must become. */
export interface PythonCase {
  readonly name: string
  readonly protocol: number
  readonly payload: Uint8Array
  /** The value in the lossless JSON. */
  readonly expected: string
}

/** Runs one of the programs in test/fixtures that write such cases, one JSON line each. */
export function pythonCases(script: string): PythonCase[] {
  return runFixture(script)
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { name, protocol, pickle, expected } = JSON.parse(line) as Record<string, string>
      return {
        name: String(name),
        protocol: Number(protocol),
        payload: new Uint8Array(Buffer.from(String(pickle), 'base64')),
        expected: String(expected),
      }
    })
}

/** What a program in test/fixtures prints, given `input`. */
export function runFixture(script: string, input = ''): string {
  const path = fileURLToPath(new URL(`../fixtures/${script}`, import.meta.url))
  return execFileSync(python, [path], { encoding: 'utf8', input, maxBuffer: 1 << 28 })
}
