import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { documentsSpool, replay, Run } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { hasPython, python, root } from '../../support/python.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { partsOf, readFrames, vectorNames, vectorPath } from '../../support/vectors.js'

const pickled = vectorNames.filter((name) => {
  const { payload } = partsOf(readFrames(name)[0]!)
  return payload[0] === 0x80 && (payload[1] ?? 9) <= 5
})

async function spoolRecording(recording: string, folder: string, name: string): Promise<string> {
  const source = replay(recording)
  const spooled = documentsSpool(folder).open(new Run(name))
  source.on('document', (message) => spooled.write(message))
  await source.start()
  await source.finished()
  return spooled.finish()
}

interface Comparison {
  readonly expected: number
  readonly found: number
  readonly differing: unknown[]
}

describe.skipIf(!hasPython)('the documents of a run on disk, read by Python', () => {
  it('are those that were published, of every recording', async () => {
    const folder = await temporaryFolder()
    const paths: string[] = []
    for (const name of pickled) {
      const recording = vectorPath(name, 'frames')
      paths.push(recording, await spoolRecording(recording, folder, name))
    }
    const program = join(root, 'test/fixtures/compare_spooled.py')
    const { stdout } = await promisify(execFile)(python, [program, ...paths])
    const comparisons = JSON.parse(stdout) as Comparison[]
    expect(pickled.length).toBeGreaterThan(10)
    expect(comparisons.map(({ differing }) => differing)).toEqual(pickled.map(() => []))
    expect(comparisons.map(({ found }) => found)).toEqual(
      comparisons.map(({ expected }) => expected),
    )
  })
})
