/**
 * Makes a checkout ready: npm packages, a Python environment in `.venv`, and a build. Does what is
 * missing or out of date, and nothing else.
 *
 *     node .ci/prepare.mjs [--only npm|python|services|build] [--quiet]
 *
 * All it says goes to stderr. The environment variable PYTHON names the Python to use.
 */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { buildStep } from './lib/build-step.mjs'
import { withLock } from './lib/lock.mjs'
import { nodeStep } from './lib/node-step.mjs'
import { npmStep } from './lib/npm-step.mjs'
import { Problem } from './lib/problem.mjs'
import { Progress } from './lib/progress.mjs'
import { pythonStep, servicesStep } from './lib/python-step.mjs'

const steps = {
  node: nodeStep,
  npm: npmStep,
  python: pythonStep,
  services: servicesStep,
  build: buildStep,
}

/**
 * Makes the checkout ready.
 *
 * @param quiet say nothing about what is ready already
 * @param only do one step alone: `npm`, `python`, `services` or `build`
 * @param without steps to leave out
 * @throws Problem with what a person has to mend
 */
export async function prepare({ quiet = false, only, without = [] } = {}) {
  const progress = new Progress({ quiet })
  const names = (only ? ['node', only] : Object.keys(steps)).filter(
    (name) => !without.includes(name),
  )
  const label = (name) => `[${names.indexOf(name) + 1}/${names.length}] ${steps[name].title}`
  const remaining = [...names]
  const passReady = () => {
    for (let done; remaining.length > 0 && (done = steps[remaining[0]].check());) {
      progress.ready(label(remaining.shift()), done)
    }
  }
  passReady()
  if (remaining.length === 0) return
  await withLock(progress, async () => {
    // another set-up may have done it meanwhile
    for (passReady(); remaining.length > 0; passReady()) {
      const name = remaining.shift()
      const { doing, work } = steps[name]
      await progress.during(label(name), doing, work)
    }
  })
}

/** Runs `work` and ends the process as people expect: a {@link Problem} is told, not traced. */
export async function orExplain(work) {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    process.stderr.write(`\n${error.message}\n`)
    process.exit(1)
  }
}

/** By hand: an old Node, which has no parseArgs, should get as far as being told that it is too old. */
function readArguments(args) {
  const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined
  const rest = args.filter((arg) => arg !== '--only' && arg !== '--quiet' && arg !== only)
  if (rest.length > 0 || (args.includes('--only') && !(only in steps))) {
    throw new Problem('usage: node .ci/prepare.mjs [--only npm|python|services|build] [--quiet]')
  }
  return { only, quiet: args.includes('--quiet') }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await orExplain(() => prepare(readArguments(process.argv.slice(2))))
}
