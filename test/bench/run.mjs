/**
 * Runs a measurement: `npm run bench -- NAME [--json] [--rounds N]`. What is compared runs in turn, in several
 * rounds of one run, and medians are told, since machines are noisy. `--json` prints one object a line: `bench`,
 * `case`, `ours`, `theirs`, `ratio` (above 1 is better), `unit`.
 */
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' } },
})
const benches = readdirSync(new URL('./', import.meta.url))
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -'.mjs'.length))
const [name] = positionals
if (name === undefined || !benches.includes(name)) {
  console.error(`usage: npm run bench -- ${benches.join('|')} [--json] [--rounds N]`)
  process.exit(2)
}

/** Says how far the measurement is, where it does not mix with the results. */
const say = (line) => process.stderr.write(`${line}\n`)

const { bench } = await import(`./${name}.mjs`)
const rows = await bench({
  rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  say,
})
for (const row of rows) {
  if (values.json) console.log(JSON.stringify({ bench: name, ...row }))
  else console.log(textOf(row))
}

function textOf({ case: what, ours, theirs, ratio, unit, note }) {
  const numbers = [
    `${round(ours)} ${unit}`,
    ...(theirs === null ? [] : [`theirs ${round(theirs)}`]),
    ...(ratio === null ? [] : [`ratio ${ratio.toFixed(2)}`]),
  ]
  return `${what}: ${numbers.join(', ')}${note === undefined ? '' : ` (${note})`}`
}

function round(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3))
}
