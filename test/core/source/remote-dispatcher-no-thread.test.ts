import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

import { root } from '../../support/python.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const core = join(root, 'packages/core')
const run = promisify(execFile)

/** A program that tells how it went to start a dispatcher. */
const starts = `
  const dispatcher = new RemoteDispatcher('127.0.0.1:1')
  const said = await dispatcher.start().then(() => 'started', ({ code, message }) => code + ': ' + message)
  await dispatcher.stop()
  console.log(said)
`

describe('the thread that receives', () => {
  it('is built of the sources as they are', async () => {
    const built = createRequire(join(core, 'package.json')).resolve('#receive-thread')
    const { metafile } = await build({
      entryPoints: [join(core, 'src/source/remote-dispatcher/thread/receive-thread.ts')],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      absWorkingDir: root,
    })
    const { mtimeMs } = await stat(built)
    const newer: string[] = []
    for (const input of Object.keys(metafile.inputs)) {
      if ((await stat(join(root, input))).mtimeMs > mtimeMs) newer.push(input)
    }
    // else tests try the thread of an older build: npm run build -w packages/core
    expect(newer).toEqual([])
  })

  it('starts in a program that is given on the command line, and under the flags of others', async () => {
    const program = `import { RemoteDispatcher } from '@prompt-papermill/core';${starts}`
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module', '--enable-source-maps', '-e', program],
      { cwd: root },
    )
    expect(stdout).toBe('started\n')
  })

  it('is said not to be found where the program was bundled, with what to do', async () => {
    const folder = await temporaryFolder()
    const outfile = join(folder, 'bundle.mjs')
    await build({
      stdin: {
        contents: `import { RemoteDispatcher } from './index.ts';${starts}`,
        resolveDir: join(core, 'src'),
      },
      bundle: true,
      outfile,
      format: 'esm',
      platform: 'node',
      external: ['zeromq'],
      logLevel: 'error',
    })
    expect(await readFile(outfile, 'utf8')).toContain('RemoteDispatcher')
    const { stdout } = await run(process.execPath, [outfile], { cwd: folder })
    expect(stdout).toMatch(/^connection: the file of the thread that receives .* as external/u)
  })

  it('is said not to be allowed where the program may have no threads', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'program.mjs')
    const entry = fileURLToPath(new URL(`file://${join(core, 'dist/index.js')}`))
    await writeFile(file, `import { RemoteDispatcher } from '${entry}';${starts}`)
    const flags = ['--experimental-permission', '--allow-fs-read=*', '--no-warnings']
    const { stdout } = await run(process.execPath, [...flags, file])
    expect(stdout).toMatch(/^connection: no thread can be started .* --allow-worker/u)
  })
})
