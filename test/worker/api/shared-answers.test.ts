import { describe, expect, it, vi } from 'vitest'

import { SharedAnswers } from '../../../packages/worker/src/api/shared-answers.ts'

describe('an answer that several ask for at once', () => {
  it('is made once for all of them, by what is asked, and anew a moment later', async () => {
    vi.useFakeTimers()
    try {
      const answers = new SharedAnswers()
      let made = 0
      const make = () => Promise.resolve(String((made += 1)))
      const first = [answers.ask('a', make), answers.ask('a', make), answers.ask('b', make)]
      expect(await Promise.all(first)).toEqual(['1', '1', '2'])
      await vi.advanceTimersByTimeAsync(51)
      expect(await answers.ask('a', make)).toBe('3')
    } finally {
      vi.useRealTimers()
    }
  })

  it('that failed is told to all, and made anew', async () => {
    vi.useFakeTimers()
    try {
      const answers = new SharedAnswers()
      const failing = () => Promise.reject(new Error('no disk'))
      await expect(answers.ask('a', failing)).rejects.toThrow('no disk')
      await vi.advanceTimersByTimeAsync(51)
      expect(await answers.ask('a', () => Promise.resolve('there'))).toBe('there')
    } finally {
      vi.useRealTimers()
    }
  })
})
