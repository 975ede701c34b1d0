/**
 * Receive with core: RemoteDispatcher into RunRouter, which follows every run, counts and finds gaps.
 *
 *     node receive.mjs ADDRESS RUNS validate|off|raw|raw-unasked
 *
 * `raw` takes the frames off zeromq's socket and does nothing else; `raw-unasked` does so without a receive timeout,
 * so that zeromq doesn't look first whether there is a frame, as core's thread does. Prints one JSON line once so
 * many runs have stopped: documents (distinct ones), last (when the last one was handled, in seconds since the epoch).
 */
import { RemoteDispatcher, RunRouter } from '@prompt-papermill/core'
import { Subscriber } from 'zeromq'

const [address, runsText, mode] = process.argv.slice(2)
const runs = Number(runsText)

function report(documents) {
  process.stdout.write(`${JSON.stringify({ documents, last: Date.now() / 1000 })}\n`)
  process.exit(0)
}

async function receiveRaw() {
  const socket = new Subscriber({ receiveHighWaterMark: 0 })
  socket.connect(`tcp://${address}`)
  socket.subscribe('')
  process.stdout.write('ready\n')
  let documents = 0
  let stops = 0
  const take = ([frame]) => {
    documents += 1
    // a stop's frame begins with " stop"
    if (frame[1] === 0x73 && frame[3] === 0x6f && (stops += 1) === runs) report(documents)
  }
  if (mode === 'raw') for await (const parts of socket) take(parts)
  for (;;) {
    take(await socket.receive())
    socket.receiveTimeout = 0
    await drain(socket, take)
    socket.receiveTimeout = -1
  }
}

/** Takes what has arrived. */
async function drain(socket, take) {
  try {
    for (;;) take(await socket.receive())
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error
  }
}

async function receive() {
  const validate = mode === 'validate' ? 'warn' : 'off'
  const dispatcher = new RemoteDispatcher(address, { validate })
  const router = new RunRouter()
  let distinct = 0
  let stops = 0
  router.events.on('stopped', (run) => {
    // events are counted by their distinct seq_num; start, descriptor and stop can't be taken twice
    const events = Object.values(run.events).reduce((sum, n) => sum + n, 0)
    distinct += Math.min(run.documents, events + run.descriptors.length + 2)
    stops += 1
    if (stops === runs) report(distinct)
  })
  dispatcher.subscribe(router)
  await dispatcher.start()
  process.stdout.write('ready\n')
}

await (mode.startsWith('raw') ? receiveRaw() : receive())
