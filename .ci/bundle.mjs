/**
 * Makes one tarball for a beamline host without a network: the packages with their dependencies and native parts, the
 * Python wheels of the deployment, and a script that installs both.
 *
 *     npm run bundle [-- --out DIR] [--python PYTHON]
 *
 * It is for the platform, the Node and the Python that it is made with. Prints the tarball's path.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { at, packageFolders, readJson } from './lib/paths.mjs'

const { values: given } = parseArgs({
  options: {
    out: { type: 'string', default: 'bundle' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
  },
})

/** Runs a program to its end; what it says goes to stderr. */
function run(file, args, options = {}) {
  const { status, error } = spawnSync(file, args, { stdio: ['ignore', 2, 2], ...options })
  if (status === 0) return
  console.error(
    `bundle: ${file} ${args.slice(0, 2).join(' ')} failed${error ? `: ${error.message}` : ''}`,
  )
  process.exit(1)
}

function pythonVersion() {
  const code = 'import sys; print("%d.%d" % sys.version_info[:2])'
  const { status, stdout } = spawnSync(given.python, ['-c', code], { encoding: 'utf8' })
  if (status === 0) return stdout.trim()
  console.error(`bundle: ${given.python} does not run; name another by --python`)
  process.exit(1)
}

/** The packages as they would be published, installed with all that they need. */
function installPackages(folder) {
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs, { recursive: true })
  for (const name of packageFolders()) {
    run('npm', ['pack', '--loglevel=error', '--pack-destination', tarballs], { cwd: at(name) })
  }
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const files = readdirSync(tarballs).map((file) => join(tarballs, file))
  run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error', ...files], {
    cwd: folder,
  })
  rmSync(tarballs, { recursive: true })
}

function downloadWheels(folder, requirements) {
  mkdirSync(folder)
  const args = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--only-binary',
    ':all:',
  ]
  run(given.python, [...args, '--dest', folder, '-r', requirements])
}

/** `sha256sum`'s lines of all files that are installed. */
function checksums(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const lines = files.map((file) => {
    const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
    return `${sum}  ${relative(folder, file)}\n`
  })
  writeFileSync(join(folder, 'SHA256SUMS'), lines.sort().join(''))
}

const { version } = readJson(at('packages/worker/package.json'))
const [major] = process.versions.node.split('.')
const platform = `${process.platform}-${process.arch}`
const python = pythonVersion()
const name = `prompt-papermill-${version}-${platform}-node${major}-python${python}`
const scratch = mkdtempSync(join(tmpdir(), 'prompt-papermill-bundle-'))
try {
  const folder = join(scratch, name)
  mkdirSync(folder)
  mkdirSync(join(folder, 'node'))
  installPackages(join(folder, 'node'))
  const requirements = join(folder, 'requirements.txt')
  cpSync(at('packages/worker/deploy/requirements.txt'), requirements)
  downloadWheels(join(folder, 'wheels'), requirements)
  cpSync(at('.ci/bundle/install.sh'), join(folder, 'install.sh'))
  const facts = {
    made_platform: platform,
    node_major: major,
    node_modules_version: process.versions.modules,
    python_version: python,
  }
  const lines = Object.entries(facts).map(([key, value]) => `${key}=${value}\n`)
  writeFileSync(join(folder, 'made-for'), lines.join(''))
  checksums(folder)
  const out = resolve(given.out)
  mkdirSync(out, { recursive: true })
  run('tar', ['-C', scratch, '-czf', join(scratch, 'bundle.tar.gz'), name])
  const path = join(out, `${name}.tar.gz`)
  cpSync(join(scratch, 'bundle.tar.gz'), `${path}.part`)
  renameSync(`${path}.part`, path)
  console.log(path)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
