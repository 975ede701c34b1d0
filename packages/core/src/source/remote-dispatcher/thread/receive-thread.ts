/**
 * The thread that receives frames for a `RemoteDispatcher`: what `#receive-thread` of the package names.
 * See docs/decisions/0019-receive-thread.md.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'

import { context } from 'zeromq'

import { Batcher } from './batcher.js'
import { Flow } from './flow.js'
import { type News, plainError, type ThreadSettings, type Word } from './messages.js'
import { Receiver } from './receiver.js'

async function receive(port: MessagePort, settings: ThreadSettings): Promise<void> {
  const flow = new Flow(settings.memory)
  // whatever ends the thread: nobody is to wait for it in vain
  process.once('exit', () => flow.end())
  context.blocky = false
  const tell = (news: News): void => port.postMessage(news)
  const batcher = new Batcher(settings.shares, flow, {
    batch: (batch) => port.postMessage(batch, [batch]),
    lost: (frames) => tell({ what: 'lost', frames }),
  })
  const receiver = new Receiver(settings, batcher, tell)
  const ended = new Promise<void>((resolve) => {
    port.on('message', (word: Word) => {
      if (word === 'end') resolve()
      else batcher.woken()
    })
  })
  try {
    receiver.open()
    tell({ what: 'opened' })
    await Promise.race([receiver.receive(), ended])
  } catch (error) {
    tell({ what: 'failed', error: plainError(error) })
  }
  await receiver.close()
  flow.end()
  port.close()
}

if (parentPort) await receive(parentPort, workerData as ThreadSettings)
