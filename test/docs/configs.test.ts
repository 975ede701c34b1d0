import { describe, expect, it } from 'vitest'

import { type Block, blocksOfPages } from './support/blocks.js'
import { configProblem, shownConfig } from './support/configs.js'

const blocks = blocksOfPages().filter(({ language }) => ['yaml', 'yml'].includes(language))
const block = (info: string, code: string): Block => ({
  ...{ file: 'a.md', name: 'a', line: 1, language: 'yaml' },
  ...{ info, code },
})

describe('the configs that the pages show', () => {
  for (const shown of blocks) {
    it(`can be used: ${shown.file} > ${shown.name}`, () => {
      const config = shownConfig(shown)
      expect(config === null ? null : configProblem(config), `${shown.file}:${shown.line}`).toBe(
        null,
      )
    })
  }

  it('are found', () => {
    expect(blocks.length).toBeGreaterThan(3)
  })

  it('are told where the worker would refuse them', () => {
    const problem = (info: string, code: string): unknown =>
      configProblem(shownConfig(block(info, code)) ?? '')
    expect(problem('', 'templates: a\nresults: b\n')).toBe(null)
    expect(problem('', 'templates: a\n')).toMatch(/results/u)
    expect(problem('fragment', 'whne: 1\n')).toMatch(/whne: unknown key/u)
    expect(
      problem('fragment of a rule', 'when: { a: { $gtt: 1 } }\nnotebooks: [{ template: a }]\n'),
    ).toMatch(/\$gtt/u)
    expect(problem('fragment of a notebook', 'limits: { cell: 10x }\n')).toMatch(/cell/u)
    expect(() => shownConfig(block('half', ''))).toThrow(/a fence of YAML says "half"/u)
    expect(shownConfig(block('no-check: of Tiled', 'trees: []\n'))).toBe(null)
  })
})
