import { createRequire } from 'node:module'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { CommandError } from '../../../packages/worker/src/commands/command-error.js'
import {
  addJobFilters,
  type FilterOptions,
  selectionOf,
} from '../../../packages/worker/src/commands/filters.js'
import { selection } from '../../../packages/worker/src/operations/requests.js'
import { root } from '../../support/python.js'

// the one that the command has; another tool has another version
const { Command } = createRequire(join(root, 'packages/worker/package.json'))('commander') as {
  Command: new () => Parameters<typeof addJobFilters>[0]
}

const now = Date.parse('2026-11-23T19:30:00Z')

function given(...args: string[]): unknown {
  const command = addJobFilters(new Command())
  command.parse(args, { from: 'user' })
  return selectionOf(command.opts<FilterOptions>(), now)
}

describe('the filters of the command line', () => {
  it('are what the worker takes', () => {
    const all = given(
      ...['--state', 'failed, cancelled', '--reason', 'cell-error', '--rule', 'reflectivity'],
      ...['--entry', 'fine', '--plan', 'scan', '--sample', 'Si', '--scan', '7'],
      ...['--since', '2h', '--until', '2026-11-23T19:00:00Z'],
    )
    expect(all).toEqual({
      state: ['failed', 'cancelled'],
      reason: 'cell-error',
      rule: 'reflectivity',
      entry: 'fine',
      plan_name: 'scan',
      sample: 'Si',
      scan_id: '7',
      since: '2026-11-23T17:30:00.000Z',
      until: '2026-11-23T19:00:00.000Z',
    })
    expect(selection.parse(all)).toEqual(all)
    expect(given()).toEqual({})
  })

  it.each([
    ['30m', '2026-11-23T19:00:00.000Z'],
    ['3d', '2026-11-20T19:30:00.000Z'],
    ['2w', '2026-11-09T19:30:00.000Z'],
    ['2026-11-01T00:00:00+02:00', '2026-10-31T22:00:00.000Z'],
  ])('take the time %s', (text, time) => {
    expect(given('--since', text)).toEqual({ since: time })
  })

  it('take a day, and a time without a zone, as local', () => {
    const midnight = new Date(2026, 10, 1).toISOString()
    expect(given('--since', '2026-11-01')).toEqual({ since: midnight })
    const evening = new Date(2026, 10, 1, 19, 30).toISOString()
    expect(given('--since', '2026-11-01T19:30')).toEqual({ since: evening })
  })

  it.each([
    [['--state', 'fialed'], '--state fialed: there is no such state; known are queued, waiting,'],
    [['--since', 'yesterday'], '--since yesterday: no time; write 2026-11-23'],
    [['--until', '7'], '--until 7: no time'],
    [['--since', '2026-13-01'], '--since 2026-13-01: no time'],
  ])('refuse %j, with what can be written', (args, message) => {
    expect(() => given(...args)).toThrow(message)
    expect(() => given(...args)).toThrow(CommandError)
  })
})
