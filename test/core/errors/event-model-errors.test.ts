import { describe, expect, it } from 'vitest'

import {
  BlueskyError,
  EventModelError,
  EventModelValidationError,
  EventModelValueError,
  UnfilledData,
} from '../../../packages/core/src/documents.js'

describe("event_model's errors", () => {
  it('are of one family, and tell themselves apart', () => {
    const value = new EventModelValueError('no')
    const validation = new EventModelValidationError('no')
    for (const error of [value, validation, new UnfilledData(['image'])]) {
      expect(error).toBeInstanceOf(BlueskyError)
      expect(error).toBeInstanceOf(EventModelError)
    }
    expect(value).toBeInstanceOf(EventModelValueError)
    expect(value).not.toBeInstanceOf(EventModelValidationError)
    expect(validation).not.toBeInstanceOf(EventModelValueError)
    expect(new BlueskyError('closed', 'no')).not.toBeInstanceOf(EventModelError)
    expect(null).not.toBeInstanceOf(EventModelError)
  })

  it('know those of another copy of the package by their names', () => {
    const other = new BlueskyError('bad-document', 'no')
    Object.defineProperty(other, 'name', { value: 'EventModelValueError' })
    expect(other).toBeInstanceOf(EventModelValueError)
    expect(other).toBeInstanceOf(EventModelError)
    expect(other).not.toBeInstanceOf(UnfilledData)
  })

  it("let others derive classes of their own, which theirs aren't", () => {
    class Mine extends EventModelValueError {}
    expect(new Mine('no')).toBeInstanceOf(Mine)
    expect(new Mine('no')).toBeInstanceOf(EventModelValueError)
    expect(new EventModelValueError('no')).not.toBeInstanceOf(Mine)
  })

  it('carry codes for programs', () => {
    expect(new EventModelValueError('no').code).toBe('bad-document')
    expect(new EventModelValueError('no', 'missing-document').code).toBe('missing-document')
    expect(new EventModelValidationError('no').code).toBe('bad-document')
    expect(new UnfilledData(['image']).code).toBe('unfilled')
  })
})
