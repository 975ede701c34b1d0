import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

import { type DocumentMessage, documentsSpool, NDArray, replay, Run } from '@prompt-papermill/core'
import { describe, expect, it, vi } from 'vitest'

import { hasPython, python, root } from '../../support/python.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const uid = '0a6f2b8e-3a1c-4a53-9b06-8a3b9a0c8a11'

async function spool(folder: string, documents: readonly DocumentMessage[]): Promise<string> {
  const spooled = documentsSpool(folder).open(new Run(uid))
  for (const message of documents) spooled.write(message)
  return spooled.finish()
}

describe('the large arrays of a run on disk', () => {
  const image = new NDArray(
    '<u2',
    [200, 300],
    Uint16Array.from({ length: 60_000 }, (_, i) => i),
  )
  const mask = new NDArray(
    '|b1',
    [65_536],
    Uint8Array.from({ length: 65_536 }, (_, i) => i % 2),
  )
  const swapped = new NDArray(
    '>f8',
    [2, 5000],
    Float64Array.from({ length: 10_000 }, (_, i) => i / 3),
  )
  const small = new NDArray('<u2', [3], Uint16Array.of(1, 2, 3))
  const event = (data: object) =>
    ({ name: 'event', doc: { uid: 'event', descriptor: 'd', seq_num: 1, time: 0, data } }) as never
  const start = { name: 'start', doc: { uid, time: 0 } } as const

  const readBack = async (path: string): Promise<unknown[]> => {
    const read: unknown[] = []
    const source = replay(path, { validate: 'off' })
    source.on('document', ({ doc }) => read.push(doc))
    source.on('dropped', (dropped) => read.push(dropped))
    await source.start()
    await source.finished()
    return read
  }

  it('are in a file beside it, and the rest is as ever', async () => {
    const folder = await temporaryFolder()
    const path = await spool(folder, [start, event({ image, mask, small })])
    const names = (await readdir(folder)).sort()
    expect(names).toEqual([expect.stringMatching(/\.[0-9a-f]{8}\.arrays$/), `${uid}.jsonl`])
    const [, line] = (await readFile(path, 'utf8')).split('\n')
    expect(JSON.parse(line as string)).toMatchObject([
      'event',
      {
        data: {
          image: { __array__: names[0], offset: 0, dtype: '<u2', shape: [200, 300] },
          mask: { __array__: names[0], offset: 120_000, dtype: '|b1', shape: [65_536] },
          small: [1, 2, 3],
        },
      },
    ])
  })

  it('are put back by a replay', async () => {
    const path = await spool(await temporaryFolder(), [
      start,
      event({ image, all: [mask, swapped] }),
    ])
    const [, doc] = (await readBack(path)) as [
      unknown,
      { data: { image: NDArray; all: NDArray[] } },
    ]
    expect(doc.data.image).toEqual(image)
    expect(doc.data.all).toEqual([mask, new NDArray('<f8', swapped.shape, swapped.data)])
  })

  it.skipIf(!hasPython)('are read by the example notebook’s few lines of Python', async () => {
    const folder = await temporaryFolder()
    const path = await spool(folder, [start, event({ image, all: [mask, swapped] })])
    const template = join(root, 'packages/worker/deploy/papermill/templates/reflection_scan.ipynb')
    const program = join(root, 'test/fixtures/load_arrays.py')
    const { stdout } = await promisify(execFile)(python, [program, template, path])
    expect(JSON.parse(stdout)).toEqual({
      image: [[200, 300], 'uint16', 59_999],
      mask: [[65_536], 'bool', true],
      swapped: [[2, 5000], 'float64', 3333],
    })
  })

  it('are never where a document says that they are', async () => {
    const reference = { __array__: 'other.0123abcd.arrays', offset: 0, dtype: '|u1', shape: [5] }
    const folder = await temporaryFolder()
    await writeFile(join(folder, reference.__array__), 'secret')
    const odd = new Map<unknown, unknown>([...Object.entries(reference), [1, 2]])
    const path = await spool(folder, [start, event({ reference, odd })])
    expect(await readFile(path, 'utf8')).not.toContain('"__array__"')
    const [, doc] = (await readBack(path)) as [unknown, { data: object }]
    const { __array__: file, ...rest } = reference
    expect(doc.data).toMatchObject({ reference: { ___array__: file, ...rest } })
  })

  it('that are not there, or not in that folder, are told', async () => {
    const folder = await temporaryFolder()
    const path = await spool(folder, [start, event({ image })])
    const [arrays = ''] = (await readdir(folder)).filter((name) => name.endsWith('.arrays'))
    await writeFile(join(folder, arrays), 'short')
    expect(await readBack(path)).toMatchObject([
      { uid },
      { reason: 'bad-payload', message: expect.stringContaining('the file has 5 bytes') as string },
    ])
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace(arrays, `../${arrays}`))
    // what no spool writes is a dict like any other
    expect(await readBack(path)).toMatchObject([
      { uid },
      { data: { image: { __array__: `../${arrays}` } } },
    ])
  })

  it('that are discarded leave nothing', async () => {
    const folder = await temporaryFolder()
    const spooled = documentsSpool(folder).open(new Run(uid))
    spooled.write(start)
    spooled.write(event({ image }))
    await spooled.discard()
    expect(await readdir(folder)).toEqual([])
  })

  it('have their name before the documents that refer to them, which else have none', async () => {
    const folder = await temporaryFolder()
    const spooled = documentsSpool(folder).open(new Run(uid))
    spooled.write(start)
    spooled.write(event({ image }))
    const partial = await vi.waitFor(async () => {
      const found = (await readdir(folder)).find((name) => name.endsWith('.arrays.partial'))
      expect(found).toBeDefined()
      return found as string
    }, 10_000)
    const taken = join(folder, partial.replace('.partial', ''))
    await mkdir(taken)
    await expect(spooled.finish()).rejects.toMatchObject({ code: 'EISDIR' })
    expect(await readdir(folder)).toEqual([basename(taken)])
  })

  it('take no more memory than they may while the disk does not keep up', async () => {
    const folder = await temporaryFolder()
    const spool = documentsSpool(folder, { backlog: 300_000 })
    const spooled = spool.open(new Run(uid))
    spooled.write(start)
    // nothing is written before this turn is over
    for (let n = 0; n < 10; n += 1) spooled.write(event({ image }))
    await expect(spooled.finish()).rejects.toMatchObject({
      code: 'full',
      message: expect.stringContaining('does not keep up') as string,
    })
    expect(await readdir(folder)).toEqual([])
    // and what was given up takes none any more
    for (let n = 0; n < 5; n += 1) {
      const next = spool.open(new Run(`next-${n}`))
      for (const message of [start, event({ image }), event({ image })]) next.write(message)
      await next.finish()
    }
  })
})
