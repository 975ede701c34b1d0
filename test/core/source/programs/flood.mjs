/**
 * Publishes more than anybody takes: frames of 50 kB, of which those beyond the subscriber's room are lost.
 *
 *     node flood.mjs COUNT FILE
 *
 * Prints its address, and begins when somebody has subscribed. Makes FILE when it has sent COUNT frames, and then
 * sends a Run Stop every 20 ms until stdin is closed.
 */
import { writeFileSync } from 'node:fs'

import { context, XPublisher } from 'zeromq'

const [count, file] = process.argv.slice(2)
context.blocky = false
const socket = new XPublisher({ linger: 0, sendHighWaterMark: 1, sendBufferSize: 65_536 })
await socket.bind('tcp://127.0.0.1:*')
console.log(socket.lastEndpoint)
await socket.receive()
const frame = Buffer.from(` event ${'x'.repeat(50_000)}`)
for (let n = 0; n < Number(count); n++) {
  await socket.send(frame)
  // gives the other threads of 0MQ the time to send it
  await new Promise((resolve) => setTimeout(resolve, 0))
}
writeFileSync(file, '')
const stop = ' stop {"uid": "b", "time": 1, "run_start": "a", "exit_status": "success"}'
const timer = setInterval(() => void socket.send(stop), 20)
process.stdin.on('end', () => {
  clearInterval(timer)
  socket.close()
})
process.stdin.resume()
