import { chmod, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Health } from '@prompt-papermill/worker'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { BlueskyProxy, freePort } from '../support/bluesky-proxy.ts'
import { Deployment, publisher, temporaryFolder } from '../support/command-line.ts'
import { python } from '../support/python.ts'

/** What `/readyz` on a port answers, once it has a status. */
async function whenReadyIs(port: number, wanted: number): Promise<Health> {
  return vi.waitFor(
    async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`)
      expect(response.status).toBe(wanted)
      return (await response.json()) as Health
    },
    { timeout: 30_000, interval: 100 },
  )
}

/** A real proxy; ended with the test. */
function proxyTo(address: string): BlueskyProxy {
  const proxy = new BlueskyProxy('127.0.0.1:*', address)
  onTestFinished(() => proxy.stop())
  return proxy
}

describe('the health of a worker that runs', () => {
  it('is bad while the proxy is killed, names its address, and is good again with the next one', async () => {
    const [port, proxyPort] = [await freePort(), await freePort()]
    const address = `127.0.0.1:${proxyPort}`
    const first = proxyTo(address)
    const deployment = new Deployment(
      `source: { address: "${address}" }\nhttp: { port: ${port} }\nkernels: { warm: 0 }`,
    )
    await deployment.start()
    await whenReadyIs(port, 200)
    await first.stop()
    const bad = await whenReadyIs(port, 503)
    expect(bad.sources).toMatchObject([
      { connected: false, addresses: [{ address: `tcp://${address}`, state: 'disconnected' }] },
    ])
    expect(bad.troubles).toEqual([
      expect.stringContaining(`the connection to tcp://${address} is lost; see that`),
    ])
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    proxyTo(address)
    expect((await whenReadyIs(port, 200)).sources).toMatchObject([
      { addresses: [{ state: 'connected' }] },
    ])
  })

  it('is bad while its Python is gone, and good again when it is back', async () => {
    const from = await publisher()
    const port = await freePort()
    const wrapper = join(temporaryFolder(), 'python')
    await writeFile(wrapper, `#!/bin/sh\nexec ${python} "$@"\n`)
    await chmod(wrapper, 0o755)
    const deployment = new Deployment(`source: { address: "${from.address}" }
http: { port: ${port} }
rules: [{ name: own, when: {}, notebooks: [{ template: empty.ipynb, python: ${wrapper} }] }]`)
    await deployment.start()
    await whenReadyIs(port, 200)
    await vi.waitFor(
      async () => {
        const metrics = await fetch(`http://127.0.0.1:${port}/metrics`)
        expect(await metrics.text()).toContain('\nprompt_papermill_kernels{state="warm"} 1\n')
      },
      { timeout: 30_000, interval: 100 },
    )
    await rename(wrapper, `${wrapper}-away`)
    expect((await whenReadyIs(port, 503)).troubles).toEqual([
      expect.stringContaining(`${wrapper} is not there`),
    ])
    await rename(`${wrapper}-away`, wrapper)
    await whenReadyIs(port, 200)
  })
})
