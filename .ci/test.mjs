/**
 * Makes the checkout ready and runs all tests: `npm test`. Arguments go to vitest:
 * `npm test -- test/core` runs those of one folder. The last line says how many passed, failed and were
 * skipped; the exit code is 1 unless all that ran passed and at least one ran.
 */
import { at } from './lib/paths.mjs'
import { orExplain, prepare } from './prepare.mjs'

await orExplain(() => prepare({ quiet: true }))

/** Tells the tests that what they need is there, and must not be skipped for want of it. */
process.env.PROMPT_PAPERMILL_PREPARED = '1'

const { parseCLI, startVitest } = await import('vitest/node')

const args = process.argv.slice(2)
const { filter, options } = parseCLI(['vitest', 'run', ...args])
if (args.includes('--help') || args.includes('-h')) process.exit(0)
const config = at('.config/vitest.config.ts')
const vitest = await startVitest('test', filter, { config, ...options, watch: false })
const modules = vitest.state.getTestModules()
const unhandled = vitest.state.getUnhandledErrors().length
await vitest.close()

const counts = { passed: 0, failed: 0, skipped: 0 }
/** Names of tests that were left out, but for those that `-t` left out on purpose. */
const skipped = []
for (const module of modules) {
  // a file that can't be read, or a hook outside of any test, fails without failing a test
  for (const part of [module, ...module.children.allSuites()]) {
    if (part.errors().length > 0) counts.failed += 1
  }
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    if (state === 'passed' || state === 'failed') counts[state] += 1
    else counts.skipped += 1
    if (state === 'skipped' && !options.testNamePattern) {
      skipped.push(`${module.relativeModuleId} > ${test.fullName}`)
    }
  }
}

const ran = counts.passed + counts.failed
const lines = [
  ...skipped.map((name) => `skipped: ${name}`),
  ...(unhandled > 0 ? [`errors outside of any test, shown above: ${unhandled}`] : []),
  ...(ran === 0 ? ['no test ran'] : []),
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
]
const good = ran > 0 && counts.failed === 0 && unhandled === 0 && !process.exitCode
// vitest may leave handles open; end when the last line is out
process.stdout.write(`${lines.join('\n')}\n`, () => process.exit(good ? 0 : 1))
