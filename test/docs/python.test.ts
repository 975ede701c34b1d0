import { describe, expect, it } from 'vitest'

import { hasPython } from '../support/python.js'
import { vectorPath } from '../support/vectors.js'
import { type Block, blocksOfPages } from './support/blocks.js'
import { pythonProblems, runAsNotebook } from './support/python-blocks.js'

const blocks = blocksOfPages().filter(({ language }) => ['python', 'py'].includes(language))

describe.skipIf(!hasPython)('the Python that the pages show', () => {
  it('can be compiled', async () => {
    expect(blocks.length).toBeGreaterThan(2)
    expect(await pythonProblems(blocks)).toEqual([])
  })

  it('is told where it can not', async () => {
    const broken: Block = { ...blocks[0]!, file: 'a.md', line: 7, code: 'def f(:\n' }
    expect(await pythonProblems([broken])).toEqual([expect.stringMatching(/^a\.md:7: /u)])
  })

  it('in "Write a notebook" reads a run, cell by cell', async () => {
    const cells = blocks.filter(({ file }) => file === 'docs/how-to/write-a-notebook.md')
    const documents = vectorPath('reflection_scan', 'jsonl')
    const shown = ['start["plan_name"]', 'len(events)']
    expect(await runAsNotebook(cells, { documents }, shown)).toEqual(["'reflection_scan'", '11'])
  })
})
