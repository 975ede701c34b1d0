import { existsSync, lstatSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { findPython, versionOf } from './find-python.mjs'
import { fingerprint } from './fingerprint.mjs'
import { readJson, venv, venvPython } from './paths.mjs'
import { Problem } from './problem.mjs'
import { runLogged, sawNoNetwork } from './run-logged.mjs'

const requirements = 'test/requirements.txt'
/** The same versions, and what the tests need besides. */
const services = 'test/services.txt'
const stampFile = join(venv, '.prepared.json')

const isLink = () => lstatSync(venv, { throwIfNoEntry: false })?.isSymbolicLink() === true

/** Makes the Python environment `.venv` from the pinned requirements. */
export const pythonStep = {
  title: 'Python environment',
  doing: 'installing',
  check() {
    const version = existsSync(venvPython) ? versionOf(venvPython) : undefined
    // whoever links .venv to an environment of their own wants that one, and wants to keep it
    if (isLink()) {
      if (version) return `${version} ok (.venv is a link: used as it is)`
      throw new Problem('.venv is a link to an environment that does not work; remove the link.')
    }
    const stamp = readJson(stampFile)
    if (!version || stamp?.requirements !== fingerprint([requirements])) return undefined
    const asked = process.env.PYTHON && versionOf(process.env.PYTHON)
    return asked && asked !== version ? undefined : `${version} ok`
  },
  async work(say) {
    const { command, version } = findPython()
    say(`Python ${version}`)
    rmSync(venv, { recursive: true, force: true })
    await runLogged([command, '-m', 'venv', venv], {
      failed: () =>
        `Python ${version} could not make an environment. On Debian: apt install python3-venv`,
    })
    await install(requirements, say)
    writeFileSync(stampFile, JSON.stringify({ requirements: fingerprint([requirements]) }))
    return `${version} installed`
  },
}

/** Adds the data services that the tests start to that environment. */
export const servicesStep = {
  title: 'Data services',
  doing: 'installing',
  check() {
    if (isLink()) return 'ok (.venv is a link: used as it is)'
    return readJson(stampFile)?.services === fingerprint([services]) ? 'ok' : undefined
  },
  async work(say) {
    await install(services, say)
    const stamp = { ...readJson(stampFile), services: fingerprint([services]) }
    writeFileSync(stampFile, JSON.stringify(stamp))
    return 'installed'
  },
}

const install = (file, say) =>
  runLogged(
    [
      ...[venvPython, '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'],
      ...['-r', file],
    ],
    {
      failed: (output) => explain(output, file),
      onLine: (line) => say(gist(line)),
      env: { PIP_REQUIRE_VIRTUALENV: '' },
    },
  )

/** "Collecting numpy==2.4.6 (from …)" to "Collecting numpy". */
const gist = (line) =>
  line
    .replace(/[=<>~(].*/, '')
    .slice(0, 60)
    .trim()

const explain = (output, file) =>
  sawNoNetwork(output)
    ? 'The Python package index could not be reached: check the network (and the proxy: HTTPS_PROXY), then try again.'
    : `The Python packages of ${file} could not be installed; pip says why above.`
