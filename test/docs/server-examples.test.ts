import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { blocksOfDocstrings, blocksOfPages } from './support/blocks.js'
import { examplesOf } from './support/example.js'
import { perform } from './support/perform.js'
import { servers } from './support/servers.js'
import { Workshop } from './support/workshop.js'

// examples.test.ts compiles them; here they are run
const examples = examplesOf([...blocksOfPages(), ...blocksOfDocstrings()])

describe.each(servers)('the examples that need $name', (server) => {
  const needing = examples.filter((example) => server.isNeededBy(example))
  let workshop: Workshop | undefined

  beforeAll(async () => {
    if (server.isThere) workshop = await Workshop.open(needing, await server.open())
  }, 240_000)

  afterAll(() => workshop?.close())

  it('are found', () => {
    expect(needing.length).toBeGreaterThan(1)
  })

  for (const example of needing) {
    it.skipIf(!server.isThere)(
      `${example.file} > ${example.name}`,
      async () => {
        const wrong = await perform(example, workshop!.bench(example))
        expect(wrong, `${example.file}:${example.line}`).toEqual([])
      },
      120_000,
    )
  }
})
