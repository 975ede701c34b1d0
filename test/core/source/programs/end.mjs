/**
 * Receives, and ends in the middle of it.
 *
 *     node end.mjs ADDRESS exit|throw|wait|early
 *
 * After a random number of frames `exit` calls process.exit(3), `throw` throws, and `wait` says "receiving" and goes
 * on; `early` calls process.exit(3) at a random time while the dispatcher starts.
 */
import { RemoteDispatcher } from '@prompt-papermill/core'

const [address, how] = process.argv.slice(2)
const dispatcher = new RemoteDispatcher(address, { validate: 'off' })
const last = 1 + Math.floor(Math.random() * 10_000)
let frames = 0
dispatcher.onFrame(() => {
  frames += 1
  if (frames !== last) return
  if (how === 'exit') process.exit(3)
  if (how === 'wait') console.log('receiving')
  // out of the reach of the dispatcher, which survives what a listener throws
  if (how === 'throw') {
    process.nextTick(() => {
      throw new Error('a mistake of the program')
    })
  }
})
if (how === 'early') setTimeout(() => process.exit(3), Math.random() * 120)
await dispatcher.start()
