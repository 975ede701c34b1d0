import { defineAction, type Decision, type Job, RunRouter } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

/** A router with one rule of two actions, which says what it does in order. */
function routerWith(received: (decision: Decision) => Promise<readonly Job[]>) {
  const said: string[] = []
  const acting = (name: string) =>
    defineAction({
      name,
      run: () => {
        said.push(name)
        return Promise.resolve({ state: 'succeeded' as const })
      },
    })
  const router = new RunRouter([], {
    received: async (decision) => {
      const jobs = await received(decision)
      said.push('received')
      return jobs
    },
  })
  router.on({ when: {} }, acting('one'), acting('two'))
  router.events.on('decision-error', (error) => said.push((error as Error).message))
  return { router, said }
}

async function play(router: RunRouter): Promise<void> {
  for (const message of makeRunDocuments().messages) router.dispatch(message)
  await router.settled()
}

describe('a decision that is received first', () => {
  it('is acted on once it is, and not before', async () => {
    const { router, said } = routerWith(({ jobs }) => Promise.resolve(jobs))
    await play(router)
    expect([said[0], said.slice(1).sort()]).toEqual(['received', ['one', 'two']])
  })

  it('is acted on as far as its jobs are new', async () => {
    const { router, said } = routerWith(({ jobs }) => Promise.resolve(jobs.slice(1)))
    let added: readonly Job[] = []
    router.events.on('queued', (decision, fresh) => {
      expect(decision.jobs).toHaveLength(2)
      added = fresh
    })
    await play(router)
    expect(said).toEqual(['received', 'two'])
    expect(added).toHaveLength(1)
  })

  it('is not acted on if that fails, which is told', async () => {
    const { router, said } = routerWith(() => Promise.reject(new Error('the disk is full')))
    await play(router)
    expect(said).toEqual(['the disk is full'])
  })
})
