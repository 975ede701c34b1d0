import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { execa } from 'execa'
import { expect, it } from 'vitest'

import { publisher, temporaryFolder } from '../support/command-line.ts'
import { framesOf } from '../support/frame-publisher.ts'
import { hasPython, python, root } from '../support/python.ts'

/** A service that has a worker twice, and looks at itself before and after. It has to end by itself. */
const service = (folder: string, address: string): string => `
import { createRequire } from 'node:module'
import { createWorker, makeConfig } from '@prompt-papermill/worker'

const { register } = createRequire(${JSON.stringify(join(root, 'packages/worker/package.json'))})('prom-client')
const look = () => ({
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]).sort(),
  resources: process.getActiveResourcesInfo().sort(),
  cwd: process.cwd(),
  umask: process.umask(),
  env: { ...process.env },
  metrics: register.getMetricsAsArray().length,
  globals: Object.keys(globalThis).sort(),
  prepare: String(Error.prepareStackTrace),
  exitCode: process.exitCode,
})
const said = []
const say = (_, message) => void said.push(message)
const logger = { debug: say, info: say, warn: say, error: say }
// what loading the modules had open ends here
const settle = () => new Promise((resolve) => setImmediate(resolve))
await settle()
const before = look()
const lives = []
for (let life = 1; life <= 2; life += 1) {
  const worker = await createWorker(
    makeConfig({
      source: { address: ${JSON.stringify(address)} },
      templates: ${JSON.stringify(join(folder, 'templates'))},
      results: ${JSON.stringify(join(folder, 'results'))},
      python: ${JSON.stringify(python)},
      http: { port: 0 },
      alarm: { silence: '1h' },
      webhooks: [{ name: 'none', url: 'http://127.0.0.1:9/', secret: 'whsec_Y2hlcnJ5LXBpY2tlZC1mb3ItdGVzdHMtb25seS0zMg==', on: ['succeeded'] }],
      kernels: { warm: 1, preload: [] },
    }),
    { logger },
  )
  await fetch('http://127.0.0.1:' + worker.httpPort + '/metrics').then((answer) => answer.text())
  const ended = new Promise((resolve) => {
    worker.router.events.on('job', ({ state }) => {
      if (!['queued', 'running', 'waiting'].includes(state.state)) resolve(state.state)
    })
  })
  console.log('ready ' + life)
  lives.push(life === 1 ? await ended : 'no run')
  await worker.stop()
}
await settle()
console.log(JSON.stringify({ before, after: look(), lives, said }))
`

/** The processes whose environment has a word, which all children inherit. */
async function processesWith(word: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))
  const environments = await Promise.all(
    pids.map(async (pid) => [
      pid,
      await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => ''),
    ]),
  )
  return environments.flatMap(([pid, text]) => (text?.includes(word) ? [pid!] : []))
}

it.skipIf(!hasPython)(
  'a worker that is part of another service leaves nothing behind when it is stopped',
  async () => {
    const from = await publisher()
    const folder = temporaryFolder()
    await mkdir(join(folder, 'templates'))
    const template = 'templates/reflection_scan.ipynb'
    await copyFile(
      join(root, 'test/fixtures/notebooks/prints-parameters.ipynb'),
      join(folder, template),
    )
    const mark = `EMBEDDED_TEST=${folder}`
    const joined = from.joined()
    const child = execa(
      process.execPath,
      ['--input-type=module', '--eval', service(folder, from.address)],
      {
        cwd: join(root, 'packages/worker'),
        env: { EMBEDDED_TEST: folder },
        reject: false,
        timeout: 60_000,
      },
    )
    await joined
    await from.send(framesOf('reflection_scan'))
    const { stdout, stderr, exitCode, timedOut } = await child
    expect([exitCode, timedOut, stderr]).toEqual([0, false, ''])
    const { before, after, lives, said } = JSON.parse(stdout.split('\n').at(-1)!) as Record<
      string,
      unknown
    >
    expect(lives).toEqual(['succeeded', 'no run'])
    expect(said).toEqual(expect.arrayContaining(['connected', 'reflection_scan succeeded']))
    expect(after).toEqual(before)
    expect(await processesWith(mark)).toEqual([])
  },
  90_000,
)
