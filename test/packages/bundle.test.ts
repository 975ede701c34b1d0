import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

import { python, root } from '../support/python.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { vectorPath } from '../support/vectors.js'

const madeHere = {
  made_platform: `${process.platform}-${process.arch}`,
  node_major: process.versions.node.split('.')[0] as string,
  node_modules_version: process.versions.modules,
  python_version: '',
}

/** A bundle with nothing in it but its script. */
async function emptyBundle(changes: Partial<typeof madeHere> = {}): Promise<string> {
  const folder = await temporaryFolder()
  const { stdout } = await execa(python, [
    '-c',
    'import sys; print("%d.%d" % sys.version_info[:2])',
  ])
  const facts = { ...madeHere, python_version: stdout, ...changes }
  const lines = Object.entries(facts).map(([key, value]) => `${key}=${value}\n`)
  await writeFile(join(folder, 'made-for'), lines.join(''))
  await copyFile(join(root, '.ci/bundle/install.sh'), join(folder, 'install.sh'))
  mkdirSync(join(folder, 'node'))
  await writeFile(join(folder, 'node/file'), 'whole')
  const sum = createHash('sha256').update('whole').digest('hex')
  await writeFile(join(folder, 'SHA256SUMS'), `${sum}  node/file\n`)
  return folder
}

async function install(bundle: string, prefix: string, env: Record<string, string> = {}) {
  const { exitCode, stderr } = await execa('sh', [join(bundle, 'install.sh'), prefix], {
    env: { NODE: process.execPath, PYTHON: python, ...env },
    reject: false,
  })
  return { exitCode, said: stderr }
}

describe('the script that installs a bundle', () => {
  it.each([
    ['another platform', { made_platform: 'plan9-mips' }, /this bundle is for plan9-mips/u],
    [
      'another Node',
      { node_modules_version: '1' },
      /the native parts of this bundle are for Node/u,
    ],
    ['another Python', { python_version: '2.7' }, /the wheels of this bundle are for Python 2\.7/u],
  ])('refuses %s, and says what to do', async (_, changes, message) => {
    const prefix = join(await temporaryFolder(), 'opt')
    const { exitCode, said } = await install(await emptyBundle(changes), prefix)
    expect(said).toMatch(message)
    expect(exitCode).toBe(1)
    expect(existsSync(prefix)).toBe(false)
  })

  it('refuses where there is no Node, or no Python', async () => {
    const bundle = await emptyBundle()
    const prefix = join(await temporaryFolder(), 'opt')
    expect((await install(bundle, prefix, { NODE: 'no-node' })).said).toContain('there is no Node')
    expect((await install(bundle, prefix, { PYTHON: 'no-py' })).said).toContain(
      'there is no Python',
    )
    expect(existsSync(prefix)).toBe(false)
  })

  it('refuses a damaged bundle, and a prefix that is there already', async () => {
    const bundle = await emptyBundle()
    const prefix = await temporaryFolder()
    expect((await install(bundle, prefix)).said).toContain(`${prefix} is there already`)
    await writeFile(join(bundle, 'node/file'), 'torn')
    const other = join(prefix, 'opt')
    expect((await install(bundle, other)).said).toContain('this bundle is damaged')
    expect(existsSync(other)).toBe(false)
  })

  it('leaves nothing if it breaks off', async () => {
    const prefix = join(await temporaryFolder(), 'opt')
    // it has no requirements.txt, so that pip fails
    expect((await install(await emptyBundle(), prefix)).exitCode).not.toBe(0)
    expect(existsSync(prefix)).toBe(false)
  })
})

// minutes: by `npm run packages`
if (process.env.PROMPT_PAPERMILL_PACKAGES === 'full') {
  it(
    'a bundle is installed and analyses a run without a network',
    { timeout: 900_000 },
    async () => {
      const folder = await temporaryFolder()
      const made = await execa(
        process.execPath,
        [join(root, '.ci/bundle.mjs'), '--out', folder, '--python', python],
        { stderr: 'ignore' },
      )
      await execa('tar', ['-C', folder, '-xzf', made.stdout])
      const bundle = made.stdout.replace(/\.tar\.gz$/u, '')
      const prefix = join(folder, 'opt')
      const offline = (...command: readonly string[]) =>
        execa('unshare', ['-rn', 'sh', '-c', 'ip link set lo up; exec "$@"', 'sh', ...command], {
          env: { NODE: process.execPath, PYTHON: python },
        })
      await offline('sh', join(bundle, 'install.sh'), prefix)
      const worker = join(prefix, 'bin/prompt-papermill')
      await offline(worker, 'init', join(folder, 'site'))
      const config = join(folder, 'site/papermill/worker.yml')
      const text = await readFile(config, 'utf8')
      await writeFile(config, text.replace(/^python:.*$/mu, `python: ${prefix}/python/bin/python`))
      const recording = vectorPath('reflection_scan', 'frames')
      const { stdout } = await offline(worker, 'replay', recording, '-c', config)
      expect(stdout).toContain('1 run: 1 succeeded')
    },
  )
}
