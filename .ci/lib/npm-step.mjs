import { existsSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

import { fingerprint } from './fingerprint.mjs'
import { at, packageFolders, readJson } from './paths.mjs'
import { runLogged, sawNoNetwork } from './run-logged.mjs'

const stampFile = at('node_modules/.prepared.json')

/** What this script noted about node_modules; gone with it. */
export const readStamp = () => readJson(stampFile) ?? {}
export const addStamp = (part) =>
  writeFileSync(stampFile, JSON.stringify({ ...readStamp(), ...part }, null, 2))

const current = () =>
  fingerprint(
    [
      'package.json',
      'package-lock.json',
      ...packageFolders().map((folder) => `${folder}/package.json`),
    ],
    // native modules are built for one of these
    { abi: process.versions.modules, platform: process.platform, arch: process.arch },
  )

const stamp = () => addStamp({ npm: current(), abi: process.versions.modules })

/** Installs the npm packages that package-lock.json names. */
export const npmStep = {
  title: 'npm packages',
  doing: 'installing',
  check() {
    if (!existsSync(at('node_modules'))) return undefined
    const { npm, abi = process.versions.modules } = readStamp()
    if (npm === current()) return 'ok'
    if (abi !== process.versions.modules || !installedByHand()) return undefined
    stamp()
    return 'ok'
  },
  async work(say) {
    await runNpm(['ci', '--no-audit', '--no-fund'], {
      failed: explain,
      // behind it npm tells all options of `npm ci`
      relevant: (output) => output.split('npm error Clean install a project')[0],
      onLine: (line) => say(line.replace(/^npm (warn|http|info) /, '').slice(0, 60)),
    })
    stamp()
    return 'installed'
  },
}

/** Runs npm: the one that runs this, where one does. */
export function runNpm(args, options) {
  const script = process.env.npm_execpath
  const npm = script && /npm-cli\.c?js$/.test(script) ? [process.execPath, script] : ['npm']
  const absent =
    'There is no npm on the path. It comes with Node from https://nodejs.org; Debian has it apart: apt install npm.'
  return runLogged([...npm, ...args], { absent, ...options })
}

/** Whether `npm ci` or `npm install` has been run with these package files, without this script. */
function installedByHand() {
  const wanted = readJson(at('package-lock.json'))?.packages ?? {}
  const found = readJson(at('node_modules/.package-lock.json'))?.packages ?? {}
  const isLocked = ['', ...packageFolders()].every((folder) => {
    const { dependencies, devDependencies } = readJson(at(folder, 'package.json')) ?? {}
    return isDeepStrictEqual(
      { ...dependencies, ...devDependencies },
      { ...wanted[folder]?.dependencies, ...wanted[folder]?.devDependencies },
    )
  })
  const isThere = ([path, { version, link, optional }]) =>
    !path.includes('node_modules/') || link || optional || found[path]?.version === version
  return isLocked && Object.entries(wanted).every(isThere)
}

function explain(output) {
  if (output.includes('EBADENGINE'))
    return 'The npm packages need another version of Node; see above.'
  if (output.includes('can only install packages when your package.json and')) {
    return 'package-lock.json does not fit package.json: run `npm install`, and commit both.'
  }
  return sawNoNetwork(output)
    ? 'The npm registry could not be reached: check the network (and the proxy: npm config get proxy), then try again.'
    : 'The npm packages could not be installed; npm says why above.'
}
