import type { Subscriber } from 'zeromq'

/** How long 0MQ may take to say that it tries again by itself, in milliseconds. */
const patience = 1000

/**
 * Connects a socket again where 0MQ gives up by itself, which it does without a word after a frame beyond the
 * socket's limit and after a handshake that was refused.
 */
export function keepConnected(socket: Subscriber, address: string): void {
  let timer: NodeJS.Timeout | undefined
  const again = (): void => {
    if (socket.closed) return
    try {
      socket.disconnect(address)
    } catch {
      // it is gone already, which is why this is done
    }
    socket.connect(address)
  }
  const lost = (): void => {
    clearTimeout(timer)
    timer = setTimeout(again, patience).unref()
  }
  const trying = (): void => clearTimeout(timer)
  for (const event of [
    'disconnect',
    'handshake:error:protocol',
    'handshake:error:auth',
    'handshake:error:other',
  ] as const) {
    socket.events.on(event, lost)
  }
  for (const event of ['connect', 'connect:delay', 'connect:retry', 'handshake', 'end'] as const) {
    socket.events.on(event, trying)
  }
}
