import type { ConfigError, ConfigGiven, Worker } from '@prompt-papermill/worker'
import { describe, expect, it } from 'vitest'

import { ask, runThrough, samplesOf, watchedConfig, watchedWorker } from '../metrics/support.ts'
import { Receiver, secret, soon, verified } from '../webhooks/receiver.ts'

type Lines = Awaited<ReturnType<typeof watchedWorker>>['lines']

/** Resolves once the log has a line that begins so. */
const whenSaid = (lines: Lines, text: string) =>
  soon(() => {
    const line = lines.find(({ msg }) => msg.startsWith(text))
    if (!line) throw new Error(`not said: ${text}`)
    return line
  })

/** Has it be alarming from now on that nothing comes for so long. */
async function setAlarm(worker: Worker, silence: string): Promise<void> {
  const { alarm } = await watchedConfig({ alarm: { silence } })
  await worker.reload({ ...worker.config, alarm })
}

const alarmOf = async (worker: Worker) => (await samplesOf(worker)).get('alarm')

describe('the alarm', () => {
  it('is raised when nothing has come for too long, and ends when documents come again', async () => {
    const receiver = await Receiver.start()
    const { worker, source, lines } = await watchedWorker({
      webhooks: [{ url: receiver.url, secret }],
    })
    await runThrough(worker, source)
    await setAlarm(worker, '150ms')
    const { level, msg } = await whenSaid(lines, 'alarm: ')
    expect(level).toBe(50)
    expect(msg).toContain('no document has come for 0.15 s, though every source is connected')
    expect(await alarmOf(worker)).toBe(1)
    const { status, text } = await ask(worker, '/readyz')
    // silence is no fault of the worker
    expect([status, (JSON.parse(text) as { alarm: string }).alarm]).toEqual([200, msg.slice(7)])
    await runThrough(worker, source)
    await whenSaid(lines, 'the alarm is over: documents come again')
    const [raised, ended] = (await receiver.whenGot(2)).map(verified)
    expect(raised).toMatchObject({
      type: 'alarm.raised',
      data: {
        alarm: 'silence',
        message: msg.slice(7),
        last_document_at: expect.stringMatching(/Z$/u) as string,
        sources: [{ source: 'a fake source', connected: true }],
      },
    })
    expect(ended).toMatchObject({ type: 'alarm.ended', data: { message: 'documents come again' } })
    const silent = (message: unknown): number =>
      (message as { data: { silent_seconds: number } }).data.silent_seconds
    expect(silent(raised)).toBeGreaterThanOrEqual(0.15)
    expect(silent(ended)).toBeGreaterThanOrEqual(silent(raised))
  })

  it('says so where a source is not connected', async () => {
    const { worker, source, lines } = await watchedWorker()
    await source.stop()
    await setAlarm(worker, '100ms')
    expect((await whenSaid(lines, 'alarm: ')).msg).toContain(
      'and a fake source is not connected: see that',
    )
  })

  it('is another one once the config was read again', async () => {
    const { worker, lines } = await watchedWorker()
    await setAlarm(worker, '50ms')
    await whenSaid(lines, 'alarm: ')
    await worker.reload({ ...worker.config, alarm: null })
    await whenSaid(lines, 'the alarm is over: the alarm was taken out of the config')
    expect(await alarmOf(worker)).toBe(0)
  })

  it('is refused where its times make no sense', async () => {
    const problem = (alarm: object) =>
      watchedConfig({ alarm } as Partial<ConfigGiven>).then(
        () => '',
        (error: unknown) => (error as ConfigError).message,
      )
    expect(await problem({ silence: '0s' })).toContain('alarm.silence: must be longer than nothing')
    expect(await problem({})).toContain('alarm.silence: is missing')
    expect(await problem({ silence: '1h', from: '8' })).toContain(
      'alarm.from: must be a time of day',
    )
    expect(await problem({ silence: '1h', from: '08:00', to: '08:00' })).toBe('')
  })
})
