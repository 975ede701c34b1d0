import { existsSync } from 'node:fs'

import { fingerprint } from './fingerprint.mjs'
import { addStamp, readStamp, runNpm } from './npm-step.mjs'
import { at, packageFolders, readJson } from './paths.mjs'

const inputs = ['src', 'scripts', 'package.json', 'tsconfig.json', 'tsup.config.ts']

const current = () =>
  fingerprint([
    ...packageFolders().flatMap((folder) => inputs.map((name) => `${folder}/${name}`)),
    ...['tsconfig.json', '.config/tsconfig.base.json', '.config/tsup.base.ts', 'package-lock.json'],
  ])

/** Builds the packages into their `dist`. */
export const buildStep = {
  title: 'build',
  doing: 'building',
  check: () => (readStamp().build === current() && outputs().every(existsSync) ? 'ok' : undefined),
  async work(say) {
    const built = current()
    await runNpm(['run', 'build'], {
      failed: () => 'The packages could not be built; the compiler says why above.',
      onLine: (line) => {
        const name = /^> (@\S+?)@/.exec(line)?.[1]
        if (name) say(name)
      },
    })
    addStamp({ build: built })
    return 'done'
  },
}

/** What the packages promise to have in `dist`. */
function outputs() {
  return packageFolders()
    .flatMap((folder) => {
      const { exports = {}, bin = {} } = readJson(at(folder, 'package.json')) ?? {}
      const paths = [...Object.values(exports).map((entry) => entry.default), ...Object.values(bin)]
      return paths.filter(Boolean).map((path) => at(folder, path))
    })
    .concat(at('packages/worker/dist/page/index.html'))
}
