import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { loadConfig } from '@prompt-papermill/worker'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import {
  type Reloadable,
  ReloadOnHangup,
} from '../../../packages/worker/src/commands/reload-on-hangup.ts'
import { readLogger } from '../../support/failing-ledger.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** A config's file, and a worker that takes configs for as long as the test wants. */
async function hangups() {
  const file = join(await temporaryFolder(), 'worker.yml')
  const write = (rules = '') => writeFile(file, `templates: /t\nresults: /r\nstate: /s\n${rules}\n`)
  await write()
  const taken: string[] = []
  let done: () => void = () => undefined
  const reload: Reloadable['reload'] = async ({ rules }) => {
    taken.push(rules?.map(({ name }) => name).join() ?? 'default')
    await new Promise<void>((resolve) => (done = resolve))
    return []
  }
  const { logger, lines } = readLogger()
  const before = process.listeners('SIGHUP')
  const reloading = new ReloadOnHangup(file, logger)
  const listener = process.listeners('SIGHUP').find((each) => !before.includes(each))
  onTestFinished(() => void process.off('SIGHUP', listener!))
  const hangUp = (): void => listener!('SIGHUP')
  const begin = async (): Promise<void> =>
    reloading.begin({ config: await loadConfig(file), reload })
  const taking = (...names: string[]) => vi.waitFor(() => expect(taken).toEqual(names), 10_000)
  return { write, hangUp, begin, taking, finish: () => done(), lines }
}

const ruleNamed = (name: string): string =>
  `rules: [{ name: ${name}, when: {}, notebooks: [{ template: a.ipynb }] }]`

describe('a SIGHUP', () => {
  it('that comes before the worker is there counts once it is', async () => {
    const { hangUp, begin, taking, finish } = await hangups()
    hangUp()
    await begin()
    await taking('default')
    finish()
  })

  it('that comes while a config is put in force has it read once more, however many come', async () => {
    const { write, hangUp, begin, taking, finish } = await hangups()
    await begin()
    hangUp()
    await taking('default')
    await write(ruleNamed('second'))
    for (let each = 0; each < 3; each += 1) hangUp()
    finish()
    await taking('default', 'second')
    await write(ruleNamed('third'))
    finish()
    hangUp()
    await taking('default', 'second', 'third')
    finish()
  })

  it('with a bad config changes nothing, says what is wrong, and the next one counts again', async () => {
    const { write, hangUp, begin, taking, finish, lines } = await hangups()
    await begin()
    await write('ruels: []')
    hangUp()
    await vi.waitFor(() => expect(lines).toHaveLength(1), 10_000)
    expect(lines[0]?.msg).toMatch(
      /config was not taken, and the one from before goes on: .*ruels/su,
    )
    await taking()
    await write(ruleNamed('good'))
    hangUp()
    await taking('good')
    finish()
  })
})
