import { readdir, readFile } from 'node:fs/promises'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { Bench, markedProcesses, SharedPool } from './support.ts'

const MiB = 1024 * 1024

describe.each(['warm', 'forked'])('many notebooks in a row, with %s kernels,', (kind) => {
  let shared: SharedPool
  let bench: Bench
  beforeEach(async () => {
    shared = await SharedPool.open({ fork: kind === 'forked' })
    bench = await Bench.set(shared)
  })
  afterEach(async () => {
    await shared.close()
    await bench.clear()
  })

  // the long form: PROMPT_PAPERMILL_NOTEBOOKS=500
  const count = Number(process.env['PROMPT_PAPERMILL_NOTEBOOKS'] ?? 12)

  it(
    `leave memory, file handles and folders as they were, ${count} times`,
    async () => {
      const handles = async () => (await readdir('/proc/self/fd')).length
      const memory = async () => {
        const pids = await markedProcesses(shared.mark)
        const sizes = await Promise.all(pids.map(residentBytes))
        return sizes.reduce((sum, size) => sum + size, 0)
      }
      const node = () => process.memoryUsage().rss
      let before = { handles: 0, memory: 0, node: 0 }
      for (let number = 0; number < count; number += 1) {
        const result = await bench.run(number % 5 === 0 ? 'raises.ipynb' : 'ends-itself.ipynb')
        expect(result.state).toBe(number % 5 === 0 ? 'failed' : 'succeeded')
        await shared.pool.filled()
        if (number !== 1) continue
        await shared.expectUsable()
        before = { handles: await handles(), memory: await memory(), node: node() }
      }
      await shared.expectUsable()
      expect(await handles()).toBeLessThanOrEqual(before.handles + 2)
      expect(await memory()).toBeLessThan(before.memory * 1.1)
      expect(node()).toBeLessThan(before.node + 100 * MiB)
    },
    60_000 + count * 10_000,
  )
})

async function residentBytes(pid: number): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
  return Number(pages) * 4096
}
