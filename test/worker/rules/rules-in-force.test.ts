import { beforeEach, describe, expect, it, vi } from 'vitest'

import { makeConfig } from '../../../packages/worker/src/config/load.js'
import type { ConfigGiven } from '../../../packages/worker/src/config/schema.js'
import { makeLogger } from '../../../packages/worker/src/log/logger.js'
import { RulesInForce } from '../../../packages/worker/src/rules/rules-in-force.js'

/** The pools that are open, each by its Python and how many kernels wait in it. */
const open = vi.hoisted(() => [] as string[])

vi.mock(import('@prompt-papermill/papermill-runner'), async (original) => {
  class FakePool {
    readonly #name: string

    constructor({ python, warm }: { python: string; warm?: number }) {
      this.#name = `${python} ${warm ?? ''}`
      open.push(this.#name)
    }

    close(): Promise<void> {
      open.splice(open.indexOf(this.#name), 1)
      return Promise.resolve()
    }
  }
  return { ...(await original()), KernelPool: FakePool as never }
})

function configWith(pythons: readonly string[], given: Partial<ConfigGiven> = {}) {
  const template = 'a.ipynb'
  return makeConfig({
    templates: '/t',
    results: '/r',
    python: '/py/main',
    rules: pythons.map((python) => ({
      name: python,
      when: {},
      notebooks: [{ template, python: `/py/${python}` }],
    })),
    ...given,
  })
}

const bad = { actions: { missing: '/no/such/module.mjs' } }
const logger = makeLogger({ level: 'silent' })

describe('the rules in force', () => {
  beforeEach(() => {
    open.length = 0
  })

  it('have their kernels from when they are started until they are closed', async () => {
    const rules = await RulesInForce.open(configWith(['a', 'b']), logger)
    expect(rules.list.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(open).toEqual([])
    rules.start()
    expect(open).toEqual(['/py/a 1', '/py/b 1'])
    await rules.close()
    expect(open).toEqual([])
  })

  it('keep the kernels that another config wants as they are, and end the rest', async () => {
    const rules = await RulesInForce.open(configWith(['a', 'b']), logger)
    rules.start()
    await rules.change(configWith(['b', 'c']))
    expect(rules.list.map(({ name }) => name)).toEqual(['b', 'c'])
    expect(open).toEqual(['/py/b 1', '/py/c 1'])
    await rules.change(configWith(['b'], { kernels: { warm: 3 } }))
    expect(open).toEqual(['/py/b 3'])
    await rules.close()
    expect(open).toEqual([])
  })

  it('stay as they are, kernels too, where the other config can’t be used', async () => {
    const rules = await RulesInForce.open(configWith(['a']), logger)
    rules.start()
    await expect(rules.change(configWith(['c'], bad))).rejects.toThrow("can't be imported")
    const unknown = {
      rules: [{ name: 'x', when: { $odd: 1 }, notebooks: [{ template: 'b', python: '/py/c' }] }],
    }
    await expect(rules.change(configWith([], unknown))).rejects.toThrow('$odd')
    expect(rules.list.map(({ name }) => name)).toEqual(['a'])
    expect(open).toEqual(['/py/a 1'])
    await rules.close()
  })
})
