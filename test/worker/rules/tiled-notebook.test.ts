import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type Action, type ActionContext, defineAction, Run } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { makeConfig } from '../../../packages/worker/src/config/load.ts'
import { tiledNotebook } from '../../../packages/worker/src/rules/tiled-notebook.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const given = { templates: 't', results: 'r', tiled: { url: 'http://t:8000', key: 'abc' } }
const { tiled } = makeConfig(given)
const url = 'http://t:8000/api/v1/metadata/raw'

/** What a notebook with such a parameters cell is given, and such parameters of its entry. */
async function givenTo(
  source: string | string[] | null,
  parameters: Record<string, unknown> = {},
  server: typeof tiled = tiled,
): Promise<[Record<string, string>, Record<string, unknown>]> {
  const template = join(await temporaryFolder(), 'a.ipynb')
  const tags = ['parameters']
  const notebook = {
    cells: [
      { cell_type: 'code', metadata: { tags }, source },
      { metadata: {}, source: 'tiled_url = 1' },
    ],
  }
  await writeFile(template, source === null ? 'torn {' : JSON.stringify(notebook))
  let seen: [Record<string, string>, Record<string, unknown>] | undefined
  const make = (secrets: Readonly<Record<string, string>>): Action =>
    defineAction({
      name: 'papermill',
      run(_, context) {
        seen = [secrets, context.parameters]
        return Promise.resolve({ state: 'succeeded' })
      },
    })
  const action = tiledNotebook(server, template, { OWN: 'x' }, make)
  await action.run(new Run('a'), { parameters } as unknown as ActionContext)
  return seen!
}

describe('a notebook is connected to the data server', () => {
  it.each([
    ['uid = ""\ntiled_url = ""'],
    [['uid = ""\n', 'tiled_url: str = "http://other"\n']],
    ['tiled_url <- ""'],
  ])('where its parameters are %j', async (source) => {
    expect(await givenTo(source)).toEqual([{ OWN: 'x', TILED_API_KEY: 'abc' }, { tiled_url: url }])
  })

  it.each([
    ['uid = ""'],
    ['# tiled_url = ""'],
    ['my_tiled_url = ""'],
    ['a = b.tiled_url == 1'],
    [null],
  ])('and not where they are %j', async (source) => {
    expect(await givenTo(source)).toEqual([{ OWN: 'x' }, {}])
  })

  it('where its entry gives the parameter, with that value', async () => {
    expect(await givenTo('uid = ""', { tiled_url: 'http://b' })).toEqual([
      { OWN: 'x', TILED_API_KEY: 'abc' },
      { tiled_url: 'http://b' },
    ])
  })

  it('with no key if there is none, and not at all without a server', async () => {
    const { tiled: open } = makeConfig({ ...given, tiled: { url: 'http://t:8000' } })
    expect(await givenTo('tiled_url = ""', {}, open)).toEqual([{ OWN: 'x' }, { tiled_url: url }])
    expect(await givenTo('tiled_url = ""', {}, null)).toEqual([{ OWN: 'x' }, {}])
  })
})
