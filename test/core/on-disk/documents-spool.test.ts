import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import {
  Complex,
  type DocumentMessage,
  documentsSpool,
  NDArray,
  OpaqueObject,
  PyDateTime,
  replay,
  Run,
} from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

const { messages, uid } = makeRunDocuments({ events: { primary: 20 } })

async function spool(
  folder: string,
  documents: readonly DocumentMessage[],
  run = uid,
): Promise<string> {
  const spooled = documentsSpool(folder).open(new Run(run))
  for (const message of documents) spooled.write(message)
  return spooled.finish()
}

describe('the documents of a run on disk', () => {
  it('are one a line, in order, in a file of the run’s name', async () => {
    const folder = join(await temporaryFolder(), 'state/documents')
    const path = await spool(folder, messages)
    expect(path).toBe(join(folder, `${uid}.jsonl`))
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      messages.map(({ name, doc }) => [name, doc]),
    )
    expect(await readdir(folder)).toEqual([`${uid}.jsonl`])
  })

  it('are read again by a replay as they were, but for what JSON has no form for', async () => {
    const odd = { uid, time: NaN, big: 2n ** 70n, text: '\u2028 "quoted" é\n' }
    const path = await spool(await temporaryFolder(), [{ name: 'start', doc: odd }])
    const read: unknown[] = []
    const source = replay(path)
    source.on('document', ({ doc }) => read.push(doc))
    await source.start()
    await source.finished()
    expect(read).toEqual([odd])
  })

  it('have NaN bare, and a description of what JSON has no form for', async () => {
    const doc = {
      uid,
      time: 0,
      nan: NaN,
      inf: -Infinity,
      array: new NDArray('<f4', [2], Float32Array.of(1.5, NaN)),
      when: PyDateTime.fromIsoformat('2026-01-02T03:04:05.000006+01:00'),
      bytes: Uint8Array.of(0, 255),
      complex: new Complex(1, -2),
      path: new OpaqueObject('pathlib', 'PosixPath', ['a']),
    }
    const path = await spool(await temporaryFolder(), [{ name: 'start', doc }])
    expect(await readFile(path, 'utf8')).toBe(
      `["start",{"uid":"${uid}","time":0,"nan":NaN,"inf":-Infinity,"array":[1.5,NaN],"when":"2026-01-02T03:04:05.000006+01:00","bytes":"AP8=","complex":[1,-2],"path":"pathlib.PosixPath(...)"}]\n`,
    )
  })

  it('are nowhere to be seen before they are whole', async () => {
    const folder = await temporaryFolder()
    const spooled = documentsSpool(folder).open(new Run(uid))
    for (const message of messages) spooled.write(message)
    await expect(access(join(folder, `${uid}.jsonl`))).rejects.toThrow('ENOENT')
    await spooled.finish()
    await access(join(folder, `${uid}.jsonl`))
  })

  it('take the place of those of the same run whole, also when it comes twice at once', async () => {
    const folder = await temporaryFolder()
    const other = makeRunDocuments({ uid, events: { primary: 3 } }).messages
    const [first, second] = await Promise.all([spool(folder, messages), spool(folder, other)])
    expect(first).toBe(second)
    const lines = (await readFile(first, 'utf8')).trimEnd().split('\n').length
    expect([messages.length, other.length]).toContain(lines)
    expect((await readdir(folder)).length).toBe(1)
  })

  it('leave nothing when they are discarded, however soon', async () => {
    const folder = await temporaryFolder()
    const discard = async (n: number, wait: boolean): Promise<void> => {
      const spooled = documentsSpool(folder).open(new Run(`run-${n}`))
      if (wait) await new Promise((resolve) => setTimeout(resolve, 2))
      for (const message of messages) spooled.write(message)
      await spooled.discard()
    }
    await Promise.all(Array.from({ length: 60 }, (_, n) => discard(n, n % 2 === 0)))
    expect(await readdir(folder)).toEqual([])
  })

  it('of a run with a hostile uid stay in their folder', async () => {
    const folder = await temporaryFolder()
    const path = await spool(join(folder, 'documents'), messages, '../../escaped\0')
    expect(path).toBe(join(folder, 'documents/_.._escaped_.jsonl'))
    expect(await readdir(folder)).toEqual(['documents'])
  })

  it('have an absolute path, since a notebook works elsewhere', async () => {
    const folder = await temporaryFolder()
    const relative = join('..', '..', '..', '..', '..', '..', folder)
    const spooled = documentsSpool(relative).open(new Run(uid))
    expect((await spooled.finish()).startsWith('/')).toBe(true)
  })

  it('that can not be written are told when they are wanted, and not before', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    const nowhere = documentsSpool(join(folder, 'file/below')).open(new Run(uid))
    for (const message of messages) nowhere.write(message)
    await expect(nowhere.finish()).rejects.toThrow('ENOTDIR')
    await documentsSpool(join(folder, 'file/below')).open(new Run(uid)).discard()

    const cyclic: Record<string, unknown> = { uid, time: 0 }
    cyclic.self = cyclic
    const unwritable = documentsSpool(folder).open(new Run(uid))
    unwritable.write({ name: 'start', doc: cyclic } as never)
    await expect(unwritable.finish()).rejects.toThrow(/itself|cyclic/u)
    expect(await readdir(folder)).toEqual(['file'])

    await mkdir(join(folder, `${uid}.jsonl`))
    await expect(spool(folder, messages)).rejects.toThrow()
    expect((await readdir(folder)).sort()).toEqual([`${uid}.jsonl`, 'file'].sort())
  })
})
