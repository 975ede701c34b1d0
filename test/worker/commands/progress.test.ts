import { PassThrough } from 'node:stream'

import { describe, expect, it } from 'vitest'

import { Progress, type ProgressStream } from '../../../packages/worker/src/commands/progress.js'

function stream(isTTY: boolean): ProgressStream & { text: () => string } {
  const through = new PassThrough()
  let text = ''
  through.on('data', (chunk: Buffer) => (text += chunk.toString()))
  // what a terminal has besides
  const terminal = {
    isTTY,
    columns: 80,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    clearScreenDown: () => true,
  }
  return Object.assign(through, terminal, { text: () => text })
}

describe('progress', () => {
  it('is lines alone where there is no terminal', () => {
    const to = stream(false)
    const progress = new Progress('jobs', to)
    progress.line('first')
    progress.more(2)
    progress.advance()
    progress.line('second\u001b[31m')
    progress.end()
    expect(to.text()).toBe('first\nsecond\\u001b[31m\n')
  })

  it('is a bar below the lines on a terminal', () => {
    const to = stream(true)
    const progress = new Progress('jobs', to)
    progress.line('before')
    progress.more(3)
    progress.advance()
    progress.line('first')
    progress.more(1)
    progress.advance()
    progress.end()
    const text = to.text()
    expect(text).toContain('before\n')
    expect(text).toContain('first\n')
    expect(text).toContain('2 of 4 jobs')
  })

  it('leaves the terminal as it was, and an interrupt to whom it belongs', () => {
    const before = process.listenerCount('SIGINT')
    const to = stream(true)
    const progress = new Progress('jobs', to)
    progress.more(1)
    expect(process.listenerCount('SIGINT')).toBe(before)
    // neither cursor nor line wrapping is switched
    expect(to.text()).not.toContain('[?')
    progress.end()
    expect(to.text()).not.toContain('[?')
  })
})
