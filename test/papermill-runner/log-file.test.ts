import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { LogFile } from '../../packages/papermill-runner/src/process/log-file.ts'

describe('a log', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-test-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const logged = async (limit: number, ...texts: string[]) => {
    const path = join(folder, 'log.txt')
    const log = await LogFile.create(path, limit)
    for (const text of texts) await log.write(text)
    await log.close()
    return readFile(path, 'utf8')
  }

  it('takes what fits', async () => {
    expect(await logged(100, 'one\n', 'two\n')).toBe('one\ntwo\n')
  })

  it('keeps the beginning and the end of what does not, and says how much is missing', async () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`)
    const whole = lines.join('')
    const text = await logged(1_000, ...lines)
    expect(text.slice(0, 1_000)).toBe(whole.slice(0, 1_000))
    expect(text.endsWith(whole.slice(-64 * 1024))).toBe(true)
    const missing = whole.length - 1_000 - 64 * 1024
    expect(text.slice(1_000)).toContain(`\n[log cut here: ${missing} bytes]\n`)
  })

  it('misses nothing where the end follows on the beginning', async () => {
    expect(await logged(4, 'one\ntwo\n', 'three\n')).toBe('one\ntwo\nthree\n')
  })
})
