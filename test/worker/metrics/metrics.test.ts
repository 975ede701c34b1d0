import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { register } from 'prom-client'
import { describe, expect, it } from 'vitest'

import { ask, runThrough, samplesOf, watchedWorker } from './support.ts'

const failing = { state: 'failed', reason: 'cell-error', message: '1/0' }

describe('the metrics of a worker', () => {
  it('count documents by name, and what could not be used by reason', async () => {
    const { worker, source } = await watchedWorker()
    await runThrough(worker, source)
    const { start } = makeRunDocuments()
    source.sendInvalid({ name: 'start', doc: start }, [{ path: 'time', message: 'no' }] as never)
    source.drop({ reason: 'too-deep' })
    source.ignore('other')
    source.emit('lost', 17)
    const samples = await samplesOf(worker)
    expect(samples.get('documents_total{name="event"}')).toBe(3)
    expect(samples.get('documents_total{name="start"}')).toBe(2)
    expect(samples.get('documents_total{name="datum"}')).toBe(0)
    expect(samples.get('invalid_documents_total{name="start"}')).toBe(1)
    expect(samples.get('dropped_frames_total{reason="too-deep"}')).toBe(1)
    expect(samples.get('dropped_frames_total{reason="bad-frame"}')).toBe(0)
    expect(samples.get('ignored_frames_total')).toBe(1)
    expect(samples.get('backlog_lost_frames_total')).toBe(17)
  })

  it('count runs, and what was lost of them by kind', async () => {
    const { worker, source } = await watchedWorker()
    const { messages } = makeRunDocuments({ exit_status: 'abort' })
    // without its second event
    const withGap = messages.filter((each) => each.name !== 'event' || each.doc.seq_num !== 2)
    source.send(...withGap, messages.at(-1)!)
    const { start } = makeRunDocuments()
    source.send({ name: 'start', doc: start })
    await worker.router.settled()
    const samples = await samplesOf(worker)
    expect(samples.get('run_losses_total{kind="gap"}')).toBe(1)
    expect(samples.get('run_losses_total{kind="miscounted"}')).toBe(1)
    expect(samples.get('run_losses_total{kind="abandoned"}')).toBe(0)
    expect(samples.get('duplicates_total')).toBe(1)
    expect(samples.get('runs_total{exit_status="abort"}')).toBe(1)
    expect(samples.get('open_runs')).toBe(1)
  })

  it('count jobs by rule, entry, state and reason, and time them', async () => {
    const { worker, source } = await watchedWorker({
      retry: { attempts: 2, delay: '1ms', on: ['cell-error'] },
      rules: [
        { name: 'good', when: {}, actions: [{ use: 'act' }] },
        {
          name: 'bad',
          when: {},
          actions: [{ use: 'act', name: 'b', parameters: { ends: failing } }],
        },
      ],
    })
    await runThrough(worker, source)
    const samples = await samplesOf(worker)
    const ended = (labels: string): number | undefined => samples.get(`jobs_ended_total{${labels}}`)
    expect(ended('rule="good",entry="act",state="succeeded",reason=""')).toBe(1)
    expect(ended('rule="bad",entry="b",state="failed",reason="cell-error"')).toBe(1)
    expect(samples.get('jobs{state="running"}')).toBe(0)
    expect(samples.get('queue_wait_seconds_count{rule="bad"}')).toBe(1)
    expect(samples.get('attempt_seconds_count{rule="bad",entry="b"}')).toBe(2)
    expect(samples.get('attempt_seconds_count{rule="good",entry="act"}')).toBe(1)
    expect(samples.get('stop_to_result_seconds_count{rule="good"}')).toBe(1)
    expect(samples.get('stop_to_result_seconds_sum{rule="good"}')).toBeLessThan(10)
    expect(samples.get('stop_to_result_seconds_sum{rule="good"}')).toBeGreaterThan(0)
  })

  it('time a job’s result once, and not its reruns', async () => {
    const { worker, source } = await watchedWorker()
    const { uid, messages } = makeRunDocuments()
    source.send(...messages)
    await worker.router.settled()
    const { rows } = await worker.ledger.jobs({ uid })
    await worker.router.queue.rerun((await worker.router.queue.get(rows[0]!.id))!)
    await worker.router.settled()
    const samples = await samplesOf(worker)
    expect(samples.get('stop_to_result_seconds_count{rule="all"}')).toBe(1)
    expect(samples.get('attempt_seconds_count{rule="all",entry="act"}')).toBe(2)
  })

  it('have no text of a document in a label', async () => {
    const { worker, source } = await watchedWorker()
    const hostile = 'evil"plan\n{x}'
    await runThrough(worker, source, { plan_name: hostile, metadata: { sample: hostile } })
    source.send(
      { name: 'start', doc: { uid: 'x', time: 0 } } as never,
      {
        name: 'stop',
        doc: { uid: 'y', time: 1, run_start: 'x', exit_status: hostile },
      } as never,
    )
    await worker.router.settled()
    expect(await worker.metrics.metrics()).not.toContain('evil')
    expect((await samplesOf(worker)).get('runs_total{exit_status="other"}')).toBe(1)
  })

  it('tell how the worker is, and how old the last document', async () => {
    const { worker, source } = await watchedWorker()
    await runThrough(worker, source)
    let samples = await samplesOf(worker)
    expect(samples.get('ready{part="source"}')).toBe(1)
    expect(samples.get('ready{part="ledger"}')).toBe(1)
    expect(samples.get('connected{source="a fake source"}')).toBe(1)
    expect(samples.get('last_document_age_seconds')).toBeLessThan(10)
    expect(samples.get('ledger_writes_waiting')).toBe(0)
    expect(samples.get('kernels{state="warm"}')).toBe(0)
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0)
    await source.stop()
    samples = await samplesOf(worker)
    expect(samples.get('ready{part="source"}')).toBe(0)
    expect(samples.get('connected{source="a fake source"}')).toBe(0)
  })

  it('are served over HTTP in Prometheus’ text format', async () => {
    const { worker } = await watchedWorker()
    const { status, type, text } = await ask(worker, '/metrics')
    expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(text).toContain('# TYPE prompt_papermill_stop_to_result_seconds histogram\n')
  })

  it('are of one worker each, and none of the global ones', async () => {
    const [one, other] = [await watchedWorker(), await watchedWorker()]
    await runThrough(one.worker, one.source)
    const count = async ({ worker }: typeof one) =>
      (await samplesOf(worker)).get('documents_total{name="stop"}')
    expect([await count(one), await count(other)]).toEqual([1, 0])
    expect(register.getMetricsAsArray()).toEqual([])
  })
})
