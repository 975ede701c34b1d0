import { readFile, writeFile } from 'node:fs/promises'

import { execa } from 'execa'
import { describe, expect, it, onTestFinished } from 'vitest'

import { cli, command, ended, startJoined } from '../support/command-line.ts'
import { all, deploymentWith, run } from '../support/operated-deployment.ts'

const token = 'a token for the tests'

/** Starts `page`; resolves with its address once it serves. */
async function startPage(config: string) {
  const child = execa(process.execPath, [cli, 'page', '-c', config, '--port', '0'], {
    reject: false,
    stdin: 'ignore',
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await child
  })
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /the page is at (?<url>http:\/\/\S+)\//u.exec(said)?.groups?.url
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => reject(new Error(`page ended: ${said}`)))
  })
  return { url, end: async () => (child.kill('SIGTERM'), (await child).exitCode) }
}

const json = async (url: string, options: RequestInit = {}) =>
  (await (await fetch(url, options)).json()) as Record<string, unknown>

describe('the page by itself', () => {
  it('shows what the ledger has and the results, without the worker, and acts on nothing', async () => {
    const { deployment, from } = await deploymentWith(all)
    const worker = await startJoined(deployment, from)
    await from.send(run())
    const [job] = await deployment.jobsWhen(ended(1))
    await worker.end()
    await rewriteHttp(deployment)
    const page = await startPage(deployment.config)
    const { runs } = await json(`${page.url}/api/v1/runs`)
    expect(runs).toMatchObject([{ uid: job?.uid, jobs: [{ id: job?.id, state: 'succeeded' }] }])
    const attempt = await json(`${page.url}/api/v1/jobs/${job?.id ?? ''}/attempts/1`)
    expect(attempt).toMatchObject({ state: 'succeeded', manifest: { job: job?.id } })
    expect(await json(`${page.url}/api/v1/about`)).toMatchObject({
      live: false,
      acting: 'off',
      worker: null,
    })
    const headers = { authorization: `Bearer ${token}` }
    const options = { method: 'POST', headers, body: JSON.stringify({ target: job?.id }) }
    const refused = await fetch(`${page.url}/api/v1/rerun`, options)
    expect([refused.status, await refused.text()]).toEqual([
      409,
      expect.stringContaining('only reads the ledger'),
    ])
    expect(await page.end()).toBe(0)
  })

  it('tells those who watch when a worker elsewhere writes', async () => {
    const { deployment, from } = await deploymentWith(all)
    await startJoined(deployment, from)
    await rewriteHttp(deployment)
    const page = await startPage(deployment.config)
    const events = await fetch(`${page.url}/api/v1/events`)
    const reader = (events.body as ReadableStream<Uint8Array>).getReader()
    onTestFinished(() => reader.cancel().catch(() => undefined))
    const read = async (text: string): Promise<void> => {
      for (let got = ''; !got.includes(text);) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`the events ended without ${text}: ${got}`)
        got += Buffer.from(value).toString()
      }
    }
    await read('event: hello')
    await from.send(run())
    await read('event: changed')
  })

  it('says what to do where it can’t be served', async () => {
    const { deployment } = await deploymentWith(all)
    const off = await command(['page', '-c', deployment.config])
    expect([off.exitCode, off.stderr]).toEqual([1, expect.stringContaining('says http: false')])
    await rewriteHttp(deployment)
    const early = await command(['page', '-c', deployment.config])
    expect([early.exitCode, early.stderr]).toEqual([1, expect.stringContaining('no ledger in')])
    const port = await command(['page', '-c', deployment.config, '--port', 'many'])
    expect([port.exitCode, port.stderr]).toEqual([2, expect.stringContaining('must be a port')])
  })
})

/** The config of a deployment whose HTTP is off, with HTTP on. */
async function rewriteHttp({ config }: { readonly config: string }): Promise<void> {
  const text = await readFile(config, 'utf8')
  await writeFile(config, text.replace('http: false', `http: { token: ${token} }`))
}
