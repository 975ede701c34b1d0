/**
 * Runs the tests of the sources and says how much of them they reach, by package and folder:
 * `npm run coverage`. Arguments go to vitest: `npm run coverage -- test/core/decode` runs those of one folder, and
 * counts the sources that they load. `coverage/index.html` shows each line.
 *
 * What runs in processes and threads of their own is what was built, and does not count: test/system, the ledger's
 * thread (worker/ledger/sqlite), the receiving thread (core/source/remote-dispatcher/thread).
 */
import { readFile } from 'node:fs/promises'
import { dirname, relative, sep } from 'node:path'

import { at } from './lib/paths.mjs'
import { orExplain, prepare } from './prepare.mjs'

await orExplain(() => prepare({ quiet: true }))

const { parseCLI, startVitest } = await import('vitest/node')

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)])
const vitest = await startVitest(
  'test',
  filter.length > 0 ? filter : ['test/core', 'test/papermill-runner', 'test/worker'],
  {
    config: at('.config/vitest.config.ts'),
    ...options,
    watch: false,
    coverage: {
      enabled: true,
      provider: 'v8',
      // without a filter also what no test loads
      ...(filter.length === 0 && { include: ['packages/*/src/**/*.{ts,tsx}'] }),
      exclude: ['test/**', 'docs/**', '**/generated/**'],
      reporter: ['json-summary', 'html'],
      reportsDirectory: at('coverage'),
      reportOnFailure: true,
    },
  },
)
await vitest.close()

const kinds = ['statements', 'branches', 'functions']

/** `packages/core/src/decode/pickle/memo.ts` counts for `core` and for `core/decode`. */
function foldersOf(path) {
  const [, name, , ...rest] = dirname(relative(at(''), path)).split(sep)
  return rest.length === 0 ? [name] : [name, `${name}/${rest[0]}`]
}

const sums = new Map()
const { total, ...files } = JSON.parse(await readFile(at('coverage/coverage-summary.json'), 'utf8'))
for (const [path, counts] of [...Object.entries(files), ['', total]]) {
  for (const folder of path === '' ? ['all'] : foldersOf(path)) {
    const sum = sums.get(folder) ?? Object.fromEntries(kinds.map((kind) => [kind, [0, 0]]))
    sums.set(folder, sum)
    for (const kind of kinds) {
      sum[kind][0] += counts[kind].covered
      sum[kind][1] += counts[kind].total
    }
  }
}

const percent = ([covered, of]) => (of === 0 ? '-' : `${((100 * covered) / of).toFixed(1)} %`)
const rows = [...sums].sort(([one], [other]) => (one < other ? -1 : 1))
const lines = [
  ['', kinds],
  ...rows.map(([folder, sum]) => [folder, kinds.map((kind) => percent(sum[kind]))]),
]
const table = lines.map(
  ([folder, cells]) => folder.padEnd(32) + cells.map((cell) => cell.padStart(12)).join(''),
)
process.stdout.write(`\n${table.join('\n')}\n\neach line: coverage/index.html\n`, () =>
  // vitest may leave handles open; end when the last line is out
  process.exit(process.exitCode ?? 0),
)
