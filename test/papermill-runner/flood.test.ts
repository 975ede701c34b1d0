import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { Bench, kernelKinds, printed, SharedPool } from './support.ts'

/** What the notebook prints, each in a message of its own. */
const LINES = 8_000

describe.each(kernelKinds)('with %s kernels, a flood of output', (kind) => {
  let shared: SharedPool | undefined
  let bench: Bench
  beforeAll(async () => {
    shared = await SharedPool.of(kind)
  })
  afterAll(() => shared?.close())
  beforeEach(async () => {
    bench = await Bench.set(shared)
  })
  afterEach(async () => {
    await bench.expectNothingLeft()
    await bench.clear()
  })

  // a kernel that is not told otherwise drops what it can't send at once (zmq.XPUB_NODROP)
  it('arrives whole, also where the program that reads it stands still meanwhile', async () => {
    const written = (name: string) =>
      vi.waitUntil(() => bench.read(name).catch(() => undefined), { timeout: 30_000 })
    const holdUp = async () => {
      await written('begun')
      const [pid] = await bench.processes('prompt_papermill_runner.py\0run')
      process.kill(pid!, 'SIGSTOP')
      try {
        await writeFile(join(bench.resultsDir, 'go'), '')
        await written('handed-over')
      } finally {
        process.kill(pid!, 'SIGCONT')
      }
    }
    let held: Promise<void> | undefined
    const progress = ({ step, event }: { step: number; event: string }) => {
      if (step === 3 && event === 'started') held = holdUp()
    }
    const result = await bench.run('floods-a-reader-that-waits.ipynb', {}, { progress })
    await held
    expect(result).toMatchObject({ state: 'succeeded' })
    const lines = Array.from({ length: LINES }, (_, number) => `${number}\n`)
    expect(printed(await bench.notebook())).toBe(lines.join(''))
  })
})
