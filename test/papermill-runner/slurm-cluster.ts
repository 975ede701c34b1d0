import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { availableParallelism, hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { vi } from 'vitest'

const programs = ['/usr/sbin/munged', '/usr/sbin/slurmctld', '/usr/sbin/slurmd', '/usr/bin/srun']

/** Why there can be no Slurm here; undefined if there can. */
export const noSlurm: string | undefined = (() => {
  if (process.getuid?.() !== 0) return 'it has to be started as root'
  const missing = programs.find((program) => !existsSync(program))
  return missing && `there is no ${missing}: apt-get install slurm-wlm munge`
})()

/**
 * A real Slurm of this machine alone: its three daemons on loopback, with a folder of their own for all that
 * they keep. Memory and time limits are enforced as on a cluster.
 */
export class SlurmCluster {
  readonly #folder: string
  readonly #daemons: ChildProcess[] = []

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Starts it, and waits until it takes jobs. */
  static async start(): Promise<SlurmCluster> {
    const cluster = new SlurmCluster(await mkdtemp(join(tmpdir(), 'slurm-test-')))
    try {
      await cluster.#start()
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  /** What Slurm's commands need in their environment to find this one. */
  get env(): { readonly SLURM_CONF: string } {
    return { SLURM_CONF: join(this.#folder, 'slurm.conf') }
  }

  /** Runs one of Slurm's commands; returns what it prints. */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    const env = { ...process.env, ...this.env }
    const { stdout } = await promisify(execFile)(program, args, { env })
    return stdout.trim()
  }

  /** The ids of the jobs that wait or run. */
  async jobs(): Promise<string[]> {
    const text = await this.run('squeue', '--noheader', '--format=%i')
    return text === '' ? [] : text.split('\n')
  }

  /** Waits until there is no job any more. */
  async idle(): Promise<void> {
    await vi.waitUntil(async () => (await this.jobs()).length === 0, { timeout: 15_000 })
  }

  /** Has the node be down, as when its power fails. */
  async failNode(): Promise<void> {
    await this.run('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test')
  }

  /** Waits until the node takes jobs (again: it says so by itself). */
  async ready(): Promise<void> {
    const look = () => this.run('sinfo', '--noheader', '--format=%t').catch(() => '')
    const idle = async () => {
      const state = await look()
      if (state === 'down')
        await this.run('scontrol', 'update', `nodename=${node}`, 'state=resume').catch(() => '')
      return state === 'idle'
    }
    await vi.waitUntil(idle, { timeout: 20_000, interval: 200 })
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons.reverse()) await ended(daemon)
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #start(): Promise<void> {
    // munged wants a path that all can enter
    await chmod(this.#folder, 0o711)
    const at = (name: string) => join(this.#folder, name)
    await Promise.all(['state', 'spool', 'munge'].map((name) => mkdir(at(name), { mode: 0o711 })))
    await writeFile(at('munge/key'), randomBytes(256), { mode: 0o400 })
    await writeFile(this.env.SLURM_CONF, config(this.#folder, await freePorts(2)))
    this.#daemon(
      'munged',
      '--foreground',
      `--key-file=${at('munge/key')}`,
      `--socket=${at('munge/socket')}`,
      `--pid-file=${at('munge/pid')}`,
      `--log-file=${at('munge/log')}`,
      `--seed-file=${at('munge/seed')}`,
    )
    await vi.waitUntil(() => existsSync(at('munge/socket')), { timeout: 10_000 })
    this.#daemon('slurmctld', '-D')
    this.#daemon('slurmd', '-D', '-N', node)
    await this.ready().catch(async (error: unknown) => {
      const logs = await Promise.all(
        ['slurmctld.log', 'slurmd.log'].map((name) => readFile(at(name), 'utf8').catch(String)),
      )
      throw new Error(`Slurm does not start:\n${logs.join('\n')}`, { cause: error })
    })
  }

  #daemon(program: string, ...args: readonly string[]): void {
    const env = { ...process.env, ...this.env }
    this.#daemons.push(spawn(`/usr/sbin/${program}`, args, { env, stdio: 'ignore' }))
  }
}

const node = hostname().split('.')[0] ?? ''

function config(folder: string, [controller, daemon]: readonly number[]): string {
  const settings = {
    ClusterName: 'test',
    SlurmctldHost: `${node}(127.0.0.1)`,
    SlurmctldPort: controller,
    SlurmdPort: daemon,
    CommunicationParameters: 'NoInAddrAny,NoCtldInAddrAny',
    SlurmUser: 'root',
    SlurmdUser: 'root',
    AuthType: 'auth/munge',
    CredType: 'cred/munge',
    AuthInfo: `socket=${folder}/munge/socket`,
    StateSaveLocation: `${folder}/state`,
    SlurmdSpoolDir: `${folder}/spool`,
    SlurmctldPidFile: `${folder}/slurmctld.pid`,
    SlurmdPidFile: `${folder}/slurmd.pid`,
    SlurmctldLogFile: `${folder}/slurmctld.log`,
    SlurmdLogFile: `${folder}/slurmd.log`,
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_Core_Memory',
    MpiDefault: 'none',
    AccountingStorageType: 'accounting_storage/none',
    JobAcctGatherType: 'jobacct_gather/linux',
    JobAcctGatherFrequency: 1,
    JobAcctGatherParams: 'OverMemoryKill',
    KillWait: 5,
    ReturnToService: 2,
    SchedulerParameters: 'sched_min_interval=0',
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
  const cores = availableParallelism()
  return [
    ...lines,
    `NodeName=${node} NodeAddr=127.0.0.1 CPUs=${cores} RealMemory=1500 State=UNKNOWN`,
    'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
    '',
  ].join('\n')
}

/** Ports of loopback that nobody has now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Ends a process, gently if it listens. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exit
  clearTimeout(timer)
}
