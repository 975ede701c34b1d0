/**
 * Does what so many open pages do: follows the events, and asks for the list when it is told to.
 *
 *     node readers.mjs PORT PAGES
 *
 * Says `ready` once all are connected; ends when stdin is closed.
 */
/* global AbortController */
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'

const [port, pages] = process.argv.slice(2).map(Number)
const base = `http://127.0.0.1:${port}/api/v1`
const ended = new AbortController()
process.stdin.on('end', () => ended.abort()).resume()

await Promise.all(Array.from({ length: pages }, open))
process.stdout.write('ready\n')

/** One page; resolves when it is connected. */
async function open() {
  const { signal } = ended
  const { body } = await fetch(`${base}/events`, { signal })
  void follow(body).catch(unlessEnded)
  await list()
}

async function list() {
  await (await fetch(`${base}/runs?limit=50`, { signal: ended.signal })).json()
}

function unlessEnded(error) {
  if (error.name !== 'AbortError') throw error
}

async function follow(body) {
  let asking
  for await (const line of createInterface({ input: Readable.fromWeb(body) })) {
    // what comes first is asked for by `open`
    if (line !== 'event: changed') continue
    asking ??= setTimeout(
      async () => {
        asking = undefined
        await list().catch(unlessEnded)
      },
      100 + Math.random() * 400,
    )
  }
}
