import { createServer } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { command, Deployment, ended, publisher, startJoined } from '../support/command-line.ts'
import { framesOf } from '../support/frame-publisher.ts'

describe('the worker’s beginning and end', () => {
  it('lets what runs finish on SIGTERM', async () => {
    const from = await publisher()
    const deployment = new Deployment(`
source: { address: "${from.address}" }
http: false
rules: [{ name: slow, when: {}, notebooks: [{ template: sleeps.ipynb, parameters: { seconds: 4 } }] }]
`)
    const worker = await startJoined(deployment, from)
    await from.send(framesOf('reflection_scan'))
    await deployment.jobsWhen((jobs) => jobs[0]?.state === 'running')
    expect((await worker.end()).exitCode).toBe(0)
    expect(await deployment.jobs()).toMatchObject([{ state: 'succeeded', attempt: 1 }])
  })

  it('interrupts what runs beyond the grace time, and runs it when it is started again', async () => {
    const from = await publisher()
    const deployment = new Deployment(`
source: { address: "${from.address}" }
http: false
shutdown: { grace: 300ms }
rules: [{ name: slow, when: {}, notebooks: [{ template: sleeps.ipynb, parameters: { seconds: 5 } }] }]
`)
    const worker = await startJoined(deployment, from)
    await from.send(framesOf('reflection_scan'))
    await deployment.jobsWhen((jobs) => jobs[0]?.state === 'running')
    expect((await worker.end()).exitCode).toBe(0)
    expect(await deployment.jobs()).toMatchObject([{ state: 'queued', attempt: 1 }])
    await deployment.start()
    const jobs = await deployment.jobsWhen(ended(1))
    expect(jobs).toMatchObject([{ state: 'succeeded', attempt: 2 }])
    expect(jobs[0]?.results_dir).toMatch(/attempt-2$/u)
  })

  it('goes on without HTTP when another program has its port', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as { port: number }
    const from = await publisher()
    const deployment = new Deployment(`
source: { address: "${from.address}" }
http: { port: ${port} }
`)
    const worker = await startJoined(deployment, from)
    await from.send(framesOf('reflection_scan'))
    await deployment.jobsWhen(ended(1))
    expect((await worker.end()).stderr).toContain(
      `127.0.0.1:${port} (another program has that port)`,
    )
  })

  it('leaves the state folder to a worker that has it', async () => {
    const from = await publisher()
    const deployment = new Deployment(`source: { address: "${from.address}" }\nhttp: false`)
    await startJoined(deployment, from)
    const second = await command(['run', '-c', deployment.config])
    expect(second.exitCode).toBe(1)
    expect(second.stderr).toContain(`a worker is running on ${deployment.state} already`)
  })

  it('starts without its templates, and says what to do', async () => {
    const from = await publisher()
    const deployment = new Deployment(
      `source: { address: "${from.address}" }\nhttp: false\nkernels: { warm: 0 }`,
      '/nowhere/templates',
    )
    const worker = await startJoined(deployment, from)
    await from.send(framesOf('reflection_scan'))
    while (!(await deployment.runs()).some(({ stopped_at: stopped }) => stopped !== null)) {
      // each look takes a command's time
    }
    const { exitCode, stderr } = await worker.end()
    expect(exitCode).toBe(0)
    const said = stderr.split('\n').filter((line) => line.includes("the templates can't be read"))
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('/nowhere/templates')
  })
})
