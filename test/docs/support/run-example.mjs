/**
 * Runs examples one after the other: `node run-example.mjs FILE…`. Says on file descriptor 3, one JSON object a
 * line, which one it is, what each of its lines prints, and when all of it has been evaluated.
 */
import { writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { format } from 'node:util'
import { pathToFileURL } from 'node:url'

const files = process.argv.slice(2)
let index = 0
const tell = (what) => writeSync(3, `${JSON.stringify({ index, ...what })}\n`)

globalThis.__print =
  (line) =>
  (...values) =>
    tell({ line, text: format(...values) })

for (const file of files) {
  process.chdir(dirname(file))
  const before = process.getActiveResourcesInfo().length
  await import(pathToFileURL(file).href)
  if (files.length > 1) {
    // what it has left behind to throw, it throws now
    for (let turns = 0; turns < 3; turns += 1) await setImmediate()
    if (process.getActiveResourcesInfo().length > before) break
  }
  tell({ evaluated: true })
  index += 1
}
