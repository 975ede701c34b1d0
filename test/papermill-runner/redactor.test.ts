import { describe, expect, it } from 'vitest'

import { Redactor } from '../../packages/papermill-runner/src/execute/redactor.ts'

describe('a stream without secrets', () => {
  const secrets = { TOKEN: 'aaaäb-aaaäc', KEY: 'first line\nsecond line', PIN: '12345' }
  const text = 'before aaaäb-aaaäb-aaaäc, aaaä\nfirst line\nsecond line\n12345 second lin'
  const clean = 'before aaaäb-***, aaaä\n***\n12345 second lin'

  it('is the same wherever it was cut into pieces', () => {
    const bytes = Buffer.from(text)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const stream = new Redactor(secrets).stream()
      const pieces = [
        stream.take(bytes.subarray(0, cut)),
        stream.take(bytes.subarray(cut)),
        stream.rest(),
      ]
      // of a secret of several lines it may have one line at a time
      const given = Buffer.concat(pieces).toString().replaceAll('***\n***', '***')
      expect(given).toBe(clean)
    }
  })

  it('holds back no more than what may become a secret', () => {
    const stream = new Redactor(secrets).stream()
    expect(stream.take(Buffer.from('nothing\n')).toString()).toBe('nothing\n')
    expect(stream.take(Buffer.from('a')).toString()).toBe('')
    expect(stream.take(Buffer.from('bc')).toString()).toBe('abc')
  })
})

describe('an outcome without secrets', () => {
  it('keeps the words of this package, whatever a secret is', () => {
    const redactor = new Redactor({ A: 'failed', B: 'cell-error', C: 'ValueError', D: 'hidden' })
    const evidence = { cell: 3, ename: 'ValueError', evalue: 'a hidden one', traceback: 'hidden' }
    expect(
      redactor.outcome({ state: 'failed', reason: 'cell-error', message: 'hidden', evidence }),
    ).toEqual({
      state: 'failed',
      reason: 'cell-error',
      message: '***',
      evidence: { ...evidence, evalue: 'a *** one', traceback: '***' },
    })
  })
})
