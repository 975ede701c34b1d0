import { readdir } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'

import { Counter, Gauge, type Registry } from 'prom-client'

/**
 * What Prometheus calls `process_*`, and of Node what tells whether it keeps up. prom-client's own default
 * metrics leave observers behind that can't be ended.
 *
 * @returns ends what is observed.
 */
export function measureProcess(registry: Registry): () => void {
  const registers = [registry]
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time that this process took, without its notebooks.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When this process started: seconds since 1970.',
    registers,
  }).set(Date.now() / 1000 - process.uptime())
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of this process, without its notebooks.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: "Memory that Node's objects take.",
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed)
    },
  })
  new Gauge({
    name: 'process_open_fds',
    help: 'Open files and sockets of this process; left out where the system does not tell.',
    registers,
    async collect() {
      const open = await readdir('/proc/self/fd').catch(() => null)
      if (open) this.set(open.length)
      else this.remove()
    },
  })
  return measureLoop(registers)
}

function measureLoop(registers: [Registry] | Registry[]): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  new Gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: "How late this process's loop was, in 99 of 100 looks since it was asked last.",
    registers,
    collect() {
      // nothing was looked at yet, or only just
      const nanoseconds = delay.percentile(99)
      this.set(Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0)
      delay.reset()
    },
  })
  return () => void delay.disable()
}
