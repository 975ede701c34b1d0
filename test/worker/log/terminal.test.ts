import { join } from 'node:path'

import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

import { hasPython, python, root } from '../../support/python.ts'

const program = `
import { makeLogger } from '@prompt-papermill/worker'
makeLogger().info({ scan_id: 12 }, 'scan 12\\nhas \\u001b[31mstarted')
`
const node = [process.execPath, '--input-type=module', '--eval', program]
const cwd = join(root, 'packages/worker')

describe('the log', () => {
  it('is a JSON object a line on stderr where that is no terminal', async () => {
    const { stdout, stderr } = await execa(node[0]!, node.slice(1), { cwd })
    expect(stdout).toBe('')
    expect(stderr.split('\n')).toHaveLength(1)
    expect(JSON.parse(stderr)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u) as string,
      scan_id: 12,
      msg: 'scan 12\\u000ahas \\u001b[31mstarted',
    })
  })

  it.skipIf(!hasPython)('is a coloured line for people on a terminal', async () => {
    // a terminal of its own for the program; what it shows comes out here
    const terminal = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]))'
    const { stdout } = await execa(python, ['-c', terminal, ...node], { cwd, stdin: 'ignore' })
    expect(stdout).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \u001b\[32mINFO\u001b\[39m: \u001b\[36mscan 12\\u000ahas \\u001b\[31mstarted/u,
    )
    expect(stdout).toContain('{"scan_id":12}')
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  })
})
