import { spawn } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'

import { root } from './paths.mjs'
import { Problem } from './problem.mjs'

const shown = 40

/**
 * Runs a program with its output kept in a file: a person sees it only if the program fails.
 *
 * @param command the program and its arguments
 * @param failed says in one sentence what could not be done, from all of the output
 * @param absent says what to do where there is no such program
 * @param relevant the part of the output that a person may want to see
 * @param onLine is given each line of output
 */
export async function runLogged(
  command,
  { failed, absent, relevant = (output) => output, onLine = () => {}, env = {} },
) {
  const path = join(mkdtempSync(join(tmpdir(), 'prompt-papermill-')), 'log.txt')
  const log = createWriteStream(path)
  const output = []
  const child = spawn(command[0], command.slice(1), {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log.write(text)
      output.push(text)
      const line = text.trimEnd().split('\n').pop().trim()
      if (line) onLine(line)
    })
  }
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.code === 'ENOENT' ? 'absent' : error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`))
  })
  log.end()
  await finished(log)
  if (outcome === '') return rmSync(dirname(path), { recursive: true })
  if (outcome === 'absent' && absent) throw new Problem(absent)
  const text = output.join('')
  const tail = relevant(text).trimEnd().split('\n').slice(-shown).join('\n')
  throw new Problem(
    `${tail}\n\n${failed(text)}\n(${command.join(' ')}: ${outcome}; all it said is in ${path})`,
  )
}

/** Whether a program's output says that it had no way to the network. */
export const sawNoNetwork = (output) =>
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|network request.*failed|name resolution|NewConnectionError|Network is unreachable|Connection refused|timed out|from versions: none/i.test(
    output,
  )
