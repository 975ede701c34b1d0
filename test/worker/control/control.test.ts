import { mkdir, stat, writeFile } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { controlApp } from '../../../packages/worker/src/control/control-app.js'
import {
  controlSocket,
  getJson,
  NoWorkerError,
  postJson,
  postLines,
  RefusedError,
} from '../../../packages/worker/src/control/control-client.js'
import { serveControl } from '../../../packages/worker/src/control/serve-control.js'
import { operatorName, operatorOf } from '../../../packages/worker/src/operations/operator.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { Operated } from '../operations/support.js'

async function linesOf(state: string, path: string, body: object): Promise<unknown[]> {
  const lines: unknown[] = []
  for await (const line of postLines(state, path, body)) lines.push(line)
  return lines
}

/** A server of the test's own behind a control socket. */
async function fakeWorker(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const state = await temporaryFolder()
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(controlSocket(state), resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return state
}

/** What a worker serves on its control socket. */
const anyApp = async () => controlApp((await Operated.start()).worker)

describe('the control socket', () => {
  it('is for the worker’s user alone', async () => {
    const { worker } = await Operated.start()
    const { mode } = await stat(controlSocket(worker.config.state))
    expect(mode & 0o777).toBe(0o600)
  })

  it('takes the place of one that a killed worker left', async () => {
    const state = await temporaryFolder()
    await writeFile(controlSocket(state), '')
    const control = await serveControl(await anyApp(), state)
    onTestFinished(() => control.close())
    expect(await getJson(state, '/healthz')).toMatchObject({ paused: false })
  })

  it('can’t be where its path is too long for the system, which is said', async () => {
    const state = join(await temporaryFolder(), 'deep'.repeat(30))
    await mkdir(state)
    await expect(serveControl(await anyApp(), state)).rejects.toThrow(
      /control\.sock is longer than the 107 bytes .*choose a shorter `state`/u,
    )
  })

  it('pauses and resumes, and notes by whom', async () => {
    const operated = await Operated.start()
    const { state } = operated.worker.config
    const who = operatorName()
    expect(await postJson(state, '/pause', {})).toMatchObject({ who })
    expect(await getJson(state, '/health')).toMatchObject({ paused: true })
    expect(await postJson(state, '/resume', {})).toMatchObject({ paused: { who } })
    expect(await getJson(state, '/healthz')).toMatchObject({ paused: false })
    expect(await operated.acts()).toEqual([
      [who, 'pause', null, null],
      [who, 'resume', null, null],
    ])
  })

  it('cancels and reruns jobs, and lists them with filters', async () => {
    const operated = await Operated.start()
    const { state } = operated.worker.config
    await postJson(state, '/pause', {})
    const [id = ''] = await operated.run({ scan_id: 2 ** 60 })
    expect(await postJson(state, `/jobs/${id}/cancel`, { message: 'no' })).toMatchObject({ id })
    await postJson(state, '/resume', {})
    expect(await linesOf(state, `/jobs/${id}/rerun`, { wait: true })).toMatchObject([
      { event: 'rerun', job: { id }, fresh: false },
      { event: 'job', job: { id, state: 'succeeded' } },
    ])
    expect(await linesOf(state, '/rerun', { target: id.slice(0, 8) })).toMatchObject([
      { event: 'rerun', job: { id }, fresh: false },
    ])
    await operated.worker.router.settled()
    expect(await getJson(state, '/jobs?state=succeeded&rule=all')).toMatchObject([{ id }])
    expect(await getJson(state, '/runs?state=failed')).toEqual([])
  })

  it('says what is wrong with a request', async () => {
    const operated = await Operated.start()
    const { state } = operated.worker.config
    const [id = ''] = await operated.runToEnd()
    const refused = async (path: string, body: object): Promise<string> => {
      const error: unknown = await linesOf(state, path, body).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(RefusedError)
      return (error as Error).message
    }
    expect(await refused('/jobs/nothing/cancel', {})).toContain('there is no job "nothing"')
    expect(await refused(`/jobs/${id}/cancel`, {})).toContain('has ended already')
    expect(await refused(`/jobs/${id}/cancel`, { why: 'x' })).toContain('why')
    expect(await refused('/rerun', {})).toContain('give either `target` or `where`')
    expect(await refused('/rerun', { target: 'nothing' })).toContain('no job or run "nothing"')
    expect(await refused('/jobs/nothing/rerun', {})).toContain('there is no job "nothing"')
    expect(await refused('/nothing', {})).toContain('the worker answered 404 to /nothing')
  })

  it('answers a body that is no JSON with 400', async () => {
    const { worker } = await Operated.start()
    const status = await new Promise((resolve, reject) => {
      request(
        { socketPath: controlSocket(worker.config.state), method: 'POST', path: '/rerun' },
        (response) => resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end('{')
    })
    expect(status).toBe(400)
  })
})

describe('without a worker', () => {
  it('it is said that there is none, and what to do', async () => {
    const state = await temporaryFolder()
    const error: unknown = await postJson(state, '/pause', {}).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(NoWorkerError)
    expect((error as Error).message).toBe(
      `no worker runs on ${state} (ENOENT at ${controlSocket(state)}). Start it with \`prompt-papermill run\`; \`jobs\` and \`runs\` work without it`,
    )
    // one that was killed leaves its socket behind
    await writeFile(controlSocket(state), '')
    await expect(postJson(state, '/pause', {})).rejects.toThrow('ECONNREFUSED')
  })

  it('an answer that breaks off is an error', async () => {
    const state = await fakeWorker((_, response) => {
      response.write('{"event":"one"}\n')
      setTimeout(() => response.destroy(), 20)
    })
    await expect(linesOf(state, '/rerun', {})).rejects.toThrow(
      'the worker ended before it had answered all',
    )
  })
})

describe('who operates', () => {
  it('is the user who called sudo, where that was', () => {
    expect(operatorName({ SUDO_USER: 'ada' })).toBe('ada')
    expect(operatorName({})).not.toBe('')
  })

  it('is what the request says, within bounds', () => {
    expect(operatorOf(encodeURIComponent('Ada Lovelace é'))).toBe('Ada Lovelace é')
    expect(operatorOf('%')).toBe('%')
    expect(operatorOf('a'.repeat(1000))).toHaveLength(100)
    expect(operatorOf(undefined)).toBe('unknown')
  })
})
