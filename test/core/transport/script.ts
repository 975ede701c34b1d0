import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { build } from 'esbuild'
import { execa } from 'execa'

import { root } from '../../support/python.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/** Runs lines as a program of its own, in which core's names and `gc` are there; gives up after ten seconds. */
export async function runScript(
  lines: string,
  env: Record<string, string> = {},
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const file = join(await temporaryFolder(), 'script.mjs')
  const { outputFiles } = await build({
    stdin: {
      contents: `import { composeRun, Proxy, Publisher } from './packages/core/src/index.ts'\n${lines}`,
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    external: ['zeromq'],
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url)",
    },
  })
  // the program stands outside of the checkout, where there is no zeromq
  const zeromq = JSON.stringify(createRequire(import.meta.url).resolve('zeromq'))
  await writeFile(file, outputFiles[0]!.text.replaceAll('import("zeromq")', `import(${zeromq})`))
  const { exitCode, stdout, stderr, timedOut } = await execa(
    process.execPath,
    ['--expose-gc', file],
    {
      reject: false,
      timeout: 10_000,
      killSignal: 'SIGKILL',
      env,
    },
  )
  if (timedOut) throw new Error(`the program did not end: ${stdout}${stderr}`)
  return { exitCode, stdout, stderr }
}
