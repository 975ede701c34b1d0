/** Publishes frames as fast as they are taken, on a free port, until it is killed. Prints its address. */
import { setImmediate } from 'node:timers/promises'

import { context, Publisher } from 'zeromq'

context.blocky = false
const socket = new Publisher({ linger: 0 })
await socket.bind('tcp://127.0.0.1:*')
console.log(socket.lastEndpoint)
const frame = ` event ${'x'.repeat(500)}`
for (;;) {
  for (let n = 0; n < 200; n++) await socket.send(frame)
  await setImmediate()
}
