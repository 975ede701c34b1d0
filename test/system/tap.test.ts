import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { fromLosslessJson } from '@prompt-papermill/core'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

import { cli, command, publisher, temporaryFolder } from '../support/command-line.ts'
import { framesOf } from '../support/frame-publisher.ts'
import { readExpected, vectorNames, vectorPath } from '../support/vectors.ts'

/** Documents as values, whatever the order of their keys and however their numbers are written. */
function values(lines: readonly string[]): unknown[] {
  return lines.map((line) => {
    const value = fromLosslessJson(line) as { name: string; doc: unknown } | [string, unknown]
    return Array.isArray(value) ? value : [value.name, value.doc]
  })
}

describe('tap', () => {
  it.each(vectorNames)('gives the documents of %s in the lossless JSON', async (name) => {
    const { exitCode, stdout, stderr } = await command([
      ...['tap', '--from', vectorPath(name, 'frames'), '--json'],
    ])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(values(stdout.split('\n'))).toEqual(values(readExpected(name)))
  })

  it('reads documents as JSONL as it reads frames', async () => {
    const { stdout } = await command(['tap', '--from', vectorPath('grid', 'jsonl'), '--json'])
    expect(values(stdout.split('\n'))).toEqual(values(readExpected('grid')))
  })

  it('tells what it drops as JSON lines, and leaves with 1 when the file is cut short', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'broken.frames')
    const garbage = Buffer.from(' start \u0080\u0004garbage', 'latin1')
    const header = Buffer.alloc(4)
    header.writeUInt32LE(garbage.length)
    const whole = await readFile(vectorPath('failing', 'frames'))
    await writeFile(path, Buffer.concat([header, garbage, whole, Buffer.from([9, 0, 0, 0, 1])]))
    const { exitCode, stdout, stderr } = await command(['tap', '--from', path, '--json'])
    expect(exitCode).toBe(1)
    expect(stdout.split('\n')).toHaveLength(4)
    const [bad, cut] = stderr.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(bad).toMatchObject({ dropped: 'bad-payload', name: 'start', bytes: garbage.length })
    expect(cut).toMatchObject({ dropped: 'bad-frame', name: null })
    expect(cut?.message).toContain('cut short')
  })

  it('watches a live stream, records it, and reads the recording again', async () => {
    const from = await publisher()
    const recording = join(temporaryFolder(), 'live.frames')
    const joined = from.joined()
    const child = execa(process.execPath, [cli, 'tap', from.address, '--record', recording], {
      reject: false,
      stdin: 'ignore',
    })
    await joined
    const frames = framesOf('count_prefix')
    await from.send(frames)
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes(' stop ')) resolve()
      })
    })
    child.kill('SIGINT')
    expect((await child).exitCode).toBe(0)
    expect(await readFile(recording)).toEqual(await readFile(vectorPath('count_prefix', 'frames')))
  })

  it('takes only frames with the prefix that it is given', async () => {
    const from = vectorPath('count_prefix', 'frames')
    const other = await command(['tap', '--from', from, '--prefix', 'jpl', '--json'])
    expect(other).toMatchObject({ exitCode: 0, stdout: '' })
    const same = await command(['tap', '--from', from, '--prefix', 'jpls', '--json'])
    expect(same.stdout.split('\n')).toHaveLength(8)
  })
})
