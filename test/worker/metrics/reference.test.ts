import { expect, it } from 'vitest'

import { codeIn, tableOf } from '../../support/markdown-tables.ts'
import { watchedWorker } from './support.ts'

interface Described {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly labelNames: readonly string[]
}

const page = 'docs/reference/metrics.md'
const headings = ['Documents', 'Runs', 'Jobs', 'The worker', 'Alarm and webhooks', 'The process']

it('the page of the metrics says of each what the registry has, and of no other', async () => {
  const { worker } = await watchedWorker()
  const has = (worker.metrics.getMetricsAsArray() as unknown as Described[]).map((metric) => [
    metric.name,
    metric.type,
    metric.labelNames.join(', '),
    metric.help,
  ])
  const says = headings
    .flatMap((heading) => tableOf(page, heading))
    .map((row) => [
      ...codeIn(row.metric ?? ''),
      row.type,
      codeIn(row.labels ?? '').join(', '),
      (row['what it tells'] ?? '').replaceAll('`', ''),
    ])
  const byName = (a: unknown[], b: unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1)
  expect(says.sort(byName)).toEqual(has.sort(byName))
})
