import { spawnSync } from 'node:child_process'

import { Problem } from './problem.mjs'

const oldest = 10
const candidates = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3']

const question = `
import json, sys
def has(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False
print(json.dumps({"version": list(sys.version_info[:3]), "venv": has("venv") and has("ensurepip")}))
`

function ask(command) {
  const { status, stdout } = spawnSync(command, ['-c', question], { encoding: 'utf8' })
  if (status !== 0) return undefined
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}

/** A Python's version, as `3.11.7`, or undefined if it does not run. */
export const versionOf = (command) => ask(command)?.version.join('.')

const isNewEnough = ({ version: [major, minor] }) => major > 3 || (major === 3 && minor >= oldest)

/**
 * Finds a Python to make an environment with: the one in the environment variable PYTHON, else the
 * newest on the path.
 *
 * @returns its `command` and `version`
 */
export function findPython() {
  const asked = process.env.PYTHON
  const found = []
  for (const command of asked ? [asked] : candidates) {
    const answer = ask(command)
    if (!answer) continue
    const version = answer.version.join('.')
    if (isNewEnough(answer) && answer.venv) return { command, version }
    found.push({ command, version, answer })
  }
  throw new Problem(whatIsMissing(asked, found))
}

function whatIsMissing(asked, found) {
  const withoutVenv = found.find(({ answer }) => isNewEnough(answer))
  if (withoutVenv) {
    const [major, minor] = withoutVenv.answer.version
    return (
      `${withoutVenv.command} (Python ${withoutVenv.version}) lacks its venv module.\n` +
      `On Debian or Ubuntu: apt install python3-venv (or python${major}.${minor}-venv).`
    )
  }
  const tooOld = found.map(({ command, version }) => `${command} is ${version}`).join(', ')
  const what = asked ? `PYTHON=${asked}` : 'the Python on the path'
  return (
    `Python 3.${oldest} or newer is needed; ` +
    `${tooOld ? `${what} is too old (${tooOld})` : asked ? `${what} does not run` : 'there is none on the path'}.\n` +
    'Install it (Debian or Ubuntu: apt install python3 python3-venv), or set PYTHON to one.'
  )
}
