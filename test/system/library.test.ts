import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'

import type { Manifest, RunStart } from '@prompt-papermill/core'
import ts from 'typescript'
import { describe, expect, it, onTestFinished } from 'vitest'

import { BlueskyProxy, freePort, TwoRuns } from '../support/bluesky-proxy.js'
import { hasPython, python, root } from '../support/python.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** The program that the README shows, with these addresses in place of its own. */
async function programOfReadme(proxy: string, logbook: string): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```ts[^\n]*\n(?<code>.*?)^```$/gmsu)]
  const shown = blocks
    .map(({ groups }) => groups?.code ?? '')
    .filter((code) => code.includes('new RemoteDispatcher'))
  expect(shown.length).toBe(1)
  const program = shown[0]!
    .replace("'localhost:5578'", `'${proxy}'`)
    .replace("'http://localhost:8000/entries'", `'${logbook}'`)
  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  return outputText
}

/** A logbook that takes one entry. */
async function openLogbook(): Promise<{ url: string; entry: Promise<unknown> }> {
  const server = createServer()
  onTestFinished(() => void server.close())
  const entry = (async () => {
    const [request, response] = (await once(server, 'request')) as [
      Parameters<typeof text>[0],
      { end(): void },
    ]
    const body = await text(request)
    response.end()
    return JSON.parse(body) as unknown
  })()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { url: `http://127.0.0.1:${port}/entries`, entry }
}

async function manifestsBelow(folder: string, count: number): Promise<Manifest[]> {
  for (;;) {
    const all = await readdir(folder, { recursive: true }).catch(() => [])
    const paths = all.filter((path) => path.endsWith('/manifest.json'))
    if (paths.length >= count) {
      const texts = paths.sort().map((path) => readFile(join(folder, path), 'utf8'))
      return (await Promise.all(texts)).map((content) => JSON.parse(content) as Manifest)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

describe.skipIf(!hasPython)('the program that the README shows', () => {
  it('runs as it is written: a notebook for one plan, the logbook for another', async () => {
    const folder = await temporaryFolder()
    const [from, to] = [`ipc://${join(folder, 'in')}`, `127.0.0.1:${await freePort()}`]
    const proxy = new BlueskyProxy(from, `tcp://${to}`)
    onTestFinished(() => proxy.stop())
    const { url, entry } = await openLogbook()
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const template = join(root, 'test/fixtures/notebooks/reflection_scan.ipynb')
    await copyFile(template, join(folder, 'reflection_scan.ipynb'))
    // to know when it receives: nothing else than the README's own text
    const probe = `dispatcher.once('dropped', () => console.log('receiving'))\n`
    await writeFile(join(folder, 'program.mjs'), (await programOfReadme(to, url)) + probe)

    const path = [dirname(python), process.env.PATH].join(delimiter)
    const program = spawn(process.execPath, ['program.mjs'], {
      cwd: folder,
      env: { ...process.env, PATH: path },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void program.kill('SIGKILL'))
    let said = ''
    program.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
    const publisher = new TwoRuns(from)
    onTestFinished(() => publisher.kill())
    while (!said.includes('receiving\n')) await once(program.stdout, 'data')
    expect(await publisher.go()).toBe(0)

    expect(((await entry) as RunStart).plan_name).toBe('count')
    const manifests = await manifestsBelow(join(folder, 'results'), 2)
    expect(
      manifests.map(({ plan_name, entry: name, state, message }) => ({
        plan_name,
        name,
        state,
        message,
      })),
    ).toEqual([
      { plan_name: 'count', name: 'logbook', state: 'succeeded', message: null },
      { plan_name: 'reflection_scan', name: 'reflection_scan', state: 'succeeded', message: null },
    ])
    expect(manifests[1]?.artifacts.map(({ name }) => name)).toContain('reflection_scan.ipynb')
    expect(said).toBe('receiving\ncount\nreflection_scan\n')
  })
})
