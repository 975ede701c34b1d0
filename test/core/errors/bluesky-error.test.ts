import { BlueskyError } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

describe('a BlueskyError', () => {
  it('says what happened to programs and to people, and what caused it', () => {
    const cause = new Error('ENOENT')
    const error = new BlueskyError('bad-file', 'run.frames can’t be read', { cause })
    expect(error).toMatchObject({ name: 'BlueskyError', code: 'bad-file', cause })
    expect(String(error)).toBe('BlueskyError: run.frames can’t be read')
    expect(error).toBeInstanceOf(Error)
  })

  it('is known as one by another copy of the package', async () => {
    const query = '?another-copy'
    const other = (await import(
      /* @vite-ignore */ `../../../packages/core/src/errors/bluesky-error.ts${query}`
    )) as { BlueskyError: typeof BlueskyError }
    expect(other.BlueskyError).not.toBe(BlueskyError)
    expect(new BlueskyError('closed', 'x')).toBeInstanceOf(other.BlueskyError)
    expect(new other.BlueskyError('closed', 'x')).toBeInstanceOf(BlueskyError)
  })

  it.each([[new Error('x')], [null], [undefined], ['bad-file'], [{ code: 'bad-file' }]])(
    'is not %o',
    (value) => {
      expect(value instanceof BlueskyError).toBe(false)
    },
  )
})
