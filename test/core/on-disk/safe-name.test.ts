import { safeName } from '@prompt-papermill/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('a safe file name', () => {
  it.each<[unknown, string]>([
    ['reflection_scan', 'reflection_scan'],
    [42, '42'],
    [2n ** 70n, '1180591620717411303424'],
    [-1, '_1'],
    ['Ni-6.5+x=1@a,b', 'Ni-6.5+x=1@a,b'],
    ['größe-Ω', 'größe-Ω'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['/etc/passwd', '_etc_passwd'],
    ['..', 'unknown'],
    ['.', 'unknown'],
    ['.bashrc', 'bashrc'],
    ['...-rf', '_rf'],
    ['-rf *', '_rf__'],
    ['a b;rm -rf $HOME`id`|&<>"\'\\', 'a_b_rm_-rf__HOME_id________'],
    ['a\u0000b\nc\rd\te', 'a_b_c_d_e'],
    ['\u202etxt.exe\u200b', '_txt.exe_'],
    ['C:\\temp', 'C__temp'],
    ['~root', '_root'],
    ['\ud800', '_'],
    ['e\u0301', 'é'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    [null, 'unknown'],
    [true, 'unknown'],
    [{ toString: () => '/etc' }, 'unknown'],
    [['a'], 'unknown'],
    [NaN, 'NaN'],
  ])('of %o is %s', (value, name) => {
    expect(safeName(value)).toBe(name)
  })

  it('is bounded in bytes, and cut between characters', () => {
    expect(safeName('a'.repeat(10_000_000))).toBe('a'.repeat(100))
    expect(safeName('é'.repeat(1000))).toBe('é'.repeat(50))
    expect(safeName(`a${'𝔘'.repeat(1000)}`)).toBe(`a${'𝔘'.repeat(24)}`)
  })

  it('is one name and no path, whatever the text', () => {
    const name = fc.string({ unit: 'binary', maxLength: 150 })
    fc.assert(
      fc.property(name, (text) => {
        const made = safeName(text)
        const safe = made !== '' && !/^[.-]|[/\\\p{C}\p{Z}]/u.test(made)
        expect([safe, Buffer.byteLength(made) <= 100, safeName(made)]).toEqual([true, true, made])
      }),
    )
  })
})
