import { appendFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  fileReadiness,
  type FileReadinessOptions,
} from '../../../packages/worker/src/readiness/file-readiness.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { hopeless, look, missing, runWith } from './support.js'

function files(options: Partial<FileReadinessOptions> & { file: string }) {
  return fileReadiness({ stable: 0, count: 1, roots: [], from: '/nowhere', ...options })
}

describe('waiting for a file', () => {
  it('ends when it is there, at the place that the run names', async () => {
    const root = await temporaryFolder()
    const readiness = files({ file: '$start.data_dir/{$start.scan_id}_master.h5', roots: [root] })
    const run = runWith({ data_dir: join(root, 'today') })
    expect(await look(readiness, run)).toEqual(missing(/today\/1_master\.h5 is not there yet$/u))
    await mkdir(join(root, 'today'))
    expect(await look(readiness, run)).toEqual(missing('is not there yet'))
    await writeFile(join(root, 'today/1_master.h5'), 'data')
    expect(await look(readiness, run)).toEqual({ ready: true })
    expect(readiness.name).toBe('file $start.data_dir/{$start.scan_id}_master.h5')
  })

  it('goes on while it grows', async () => {
    const root = await temporaryFolder()
    const path = join(root, 'scan.h5')
    await writeFile(path, 'a')
    const readiness = files({ file: `${root}/*.h5`, stable: 100 })
    const growing = look(readiness, runWith())
    setTimeout(() => void appendFile(path, 'b'), 20)
    expect(await growing).toEqual(missing(/scan\.h5 is still growing: 2 bytes/u))
    expect(await look(readiness, runWith())).toEqual({ ready: true })
  })

  it('goes on while files come and go', async () => {
    const root = await temporaryFolder()
    await writeFile(join(root, 'a.h5'), '')
    const readiness = files({ file: `${root}/*.h5`, stable: 100 })
    const coming = look(readiness, runWith())
    setTimeout(() => void writeFile(join(root, 'b.h5'), ''), 20)
    expect(await coming).toEqual(missing(/b\.h5 is still growing/u))
    const going = look(readiness, runWith())
    setTimeout(() => void rm(join(root, 'b.h5')), 20)
    expect(await going).toEqual(missing(/b\.h5 was there and is gone/u))
  })

  it('waits for as many as it should, which the run may say', async () => {
    const root = await temporaryFolder()
    const file = `${root}/img_????.tif`
    await writeFile(join(root, 'img_0001.tif'), '')
    await writeFile(join(root, 'img_1.tif'), '')
    await writeFile(join(root, '.img_0002.tif'), '')
    const run = runWith({ num_points: 2, title: 'many' })
    const wanted = files({ file, count: '$start.num_points' })
    expect(await look(wanted, run)).toEqual(missing(/^1 of 2 files .*img_\?{4}\.tif are there$/u))
    await writeFile(join(root, 'img_0002.tif'), '')
    expect(await look(wanted, run)).toEqual({ ready: true })
    expect(await look(files({ file, count: 3 }), run)).toEqual(missing('2 of 3 files'))
    expect(await look(files({ file, count: '$start.title' }), run)).toEqual(
      hopeless('is no number of files'),
    )
  })

  it('looks into folders that a pattern names, and takes dots only where it has one', async () => {
    const root = await temporaryFolder()
    await mkdir(join(root, 'a/.hidden'), { recursive: true })
    await writeFile(join(root, 'a/.hidden/x.h5'), '')
    expect(await look(files({ file: `${root}/*/*/x.h5` }), runWith())).toEqual(missing('not there'))
    expect(await look(files({ file: `${root}/*/.h*/x.h5` }), runWith())).toEqual({ ready: true })
    expect(await look(files({ file: '*/.hidden/x.h5', from: root }), runWith())).toEqual({
      ready: true,
    })
  })

  it('takes what stands in a value for itself, not for a pattern', async () => {
    const root = await temporaryFolder()
    await writeFile(join(root, 'abc.h5'), '')
    const readiness = files({ file: `${root}/{$start.name}.h5` })
    expect(await look(readiness, runWith({ name: 'a*' }))).toEqual(missing('not there'))
    expect(await look(readiness, runWith({ name: '$start.plan_name' }))).toEqual(
      missing(/\$start\.plan_name\.h5 is not there/u),
    )
    await writeFile(join(root, 'a*.h5'), '')
    expect(await look(readiness, runWith({ name: 'a*' }))).toEqual({ ready: true })
    expect(await look(readiness, runWith({ name: '\uE000' }))).toEqual(hopeless("can't be used"))
  })

  it.each([
    ['../../etc/passwd', 'leads out of'],
    ['/etc/passwd\0', "can't be used here"],
    ['', "can't be used here"],
    [{ a: 1 }, 'neither a text nor a number'],
    [undefined, /^this run has no \$start\.name$/u],
  ])('does not look where the value %j leads', async (name, message) => {
    const root = await temporaryFolder()
    await mkdir(join(root, 'data'))
    await writeFile(join(root, 'secret.h5'), '')
    const readiness = files({ file: `${root}/data/{$start.name}` })
    const run = runWith(name === undefined ? {} : { name })
    expect(await look(readiness, run)).toEqual(hopeless(message))
  })

  it.each(['/etc/passwd', 'relative/path', '../up'])(
    'stays in its roots, for the whole path %j of a run',
    async (path) => {
      const roots = [await temporaryFolder(), '/nowhere/at/all']
      expect(await look(files({ file: '$start.path', roots }), runWith({ path }))).toEqual(
        hopeless(/leads out of|is no absolute path/u),
      )
    },
  )

  it('follows no link out of where it may look', async () => {
    const [root, outside] = [await temporaryFolder(), await temporaryFolder()]
    await writeFile(join(outside, 'x.h5'), '')
    await symlink(outside, join(root, 'link'))
    const readiness = files({ file: `${root}/{$start.name}/x.h5` })
    expect(await look(readiness, runWith({ name: 'link' }))).toEqual(hopeless('is a link'))
    const both = files({ file: '$start.path', roots: ['/nowhere/at/all', root, outside] })
    expect(await look(both, runWith({ path: join(root, 'link/x.h5') }))).toEqual({ ready: true })
  })

  it.each(['$start.path', '/$start.path/x.h5', '{$start.path}/*.h5'])(
    'is refused for %j without roots, since it could be anywhere',
    (file) => {
      expect(() => files({ file })).toThrow('say under wait.roots in which folders')
    },
  )

  it.each(['/data/$sample', '/data/$', '/data/{$sample}'])(
    'is refused for %j, which has no reference in it',
    (file) => {
      expect(() => files({ file })).toThrow('is no reference; write $start.…')
    },
  )

  it('takes $$ for a $', async () => {
    const root = await temporaryFolder()
    await writeFile(join(root, '$x'), '')
    expect(await look(files({ file: `${root}/$$x` }), runWith())).toEqual({ ready: true })
  })

  it('ends at once when it is broken off', async () => {
    const root = await temporaryFolder()
    await writeFile(join(root, 'x'), '')
    const controller = new AbortController()
    const looking = look(
      files({ file: `${root}/x`, stable: 3_600_000 }),
      runWith(),
      controller.signal,
    )
    controller.abort()
    await expect(looking).rejects.toThrow('abort')
  })
})
