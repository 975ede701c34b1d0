/**
 * Makes the checkout ready and shows the main job on it: `npm run demo`. Arguments go to
 * `prompt-papermill demo`.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'

import { at, root, venvPython } from './lib/paths.mjs'
import { orExplain, prepare } from './prepare.mjs'

await orExplain(() => prepare({ quiet: true, without: ['services'] }))

const command = [at('packages/worker/dist/cli.js'), 'demo', '--python', venvPython]
const child = spawn(process.execPath, [...command, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})

process.on('SIGTERM', () => child.kill('SIGTERM'))
process.on('SIGHUP', () => child.kill('SIGHUP'))
process.on('SIGINT', () => {
  // Ctrl-C on a terminal reaches the child by itself; a second SIGINT would mean "at once"
  if (!process.stdin.isTTY) child.kill('SIGINT')
})
child.on('error', (error) => {
  process.stderr.write(`the demo did not start: ${error.message}\n`)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
})
