import { BlueskyError } from '@prompt-papermill/core'
import type { PapermillOptions } from '@prompt-papermill/papermill-runner'
import { papermill } from '@prompt-papermill/papermill-runner'
import { describe, expect, it } from 'vitest'

describe('the options of papermill', () => {
  it('name the action by its template unless they name it otherwise', () => {
    expect(papermill({ template: 'some/reflection_scan.ipynb' }).name).toBe('reflection_scan')
    expect(papermill({ template: 'reflection_scan.ipynb', name: 'fine' }).name).toBe('fine')
  })

  it.each<[Partial<PapermillOptions>, string]>([
    [
      { limits: { cell: 0 } },
      'limits.cell must be a number above 0, or Infinity for none; it is 0',
    ],
    [{ limits: { memory: NaN } }, 'limits.memory must be a number above 0'],
    [{ grace: Infinity }, 'grace must be a number of seconds above 0; it is Infinity'],
    [{ startTimeout: -1 }, 'startTimeout must be a number of seconds above 0; it is -1'],
    [{ python: '' }, 'python must not be empty'],
    [{ template: '' }, 'template must not be empty'],
  ])('refuse %o', (options, message) => {
    const make = () => papermill({ template: 'a.ipynb', ...options })
    expect(make).toThrow(BlueskyError)
    expect(make).toThrow(message)
  })
})
