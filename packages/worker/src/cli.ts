#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander'

import { CommandError } from './commands/command-error.js'
import { ConfigError } from './config/config-error.js'
import {
  addJobFilters,
  addRunFilters,
  type FilterOptions,
  selectionOf,
} from './commands/filters.js'
import type { ListOptions } from './commands/list.js'
import { packageVersion } from './package-version.js'

/** Loads a command when it is used, so that `--help` is quick and `tap` needs none of the others' libraries. */
function lazily<A extends unknown[]>(load: () => Promise<(...args: A) => Promise<number>>) {
  return async (...args: A): Promise<void> => {
    process.exitCode = await (await load())(...args)
  }
}

const config = (): Option =>
  new Option('-c, --config <file>', 'the worker’s config').default('worker.yml')
const limit = (): Option =>
  new Option('--limit <n>', 'only the newest').argParser((text) => {
    const n = Number(text)
    if (Number.isInteger(n) && n > 0) return n
    throw new CommandError(`--limit ${text}: must be a whole number, at least 1`, 2)
  })
const json = (): Option => new Option('--json', 'one JSON object a line on stdout')

// who reads may have had enough, as `head` has: that is no fault
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const program = new Command('prompt-papermill')
  .description('Runs the notebook made for each bluesky run, as soon as the run completes.')
  .version(packageVersion())
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })

program
  .command('run')
  .description('the worker: until SIGTERM, then lets what runs finish within the grace time')
  .addOption(config())
  .addOption(
    new Option(
      '--role <role>',
      'receive and decide, perform what others decided, or both; the first two with `queue.kind: bullmq`',
    )
      .choices(['intake', 'executor', 'both'])
      .default('both'),
  )
  .option('--log-level <level>', 'trace, debug, info, warn or error', 'info')
  .addOption(
    new Option('--log-format <format>', 'of the lines on stderr').choices(['readable', 'json']),
  )
  .action(lazily(async () => (await import('./commands/run.js')).run))

program
  .command('check')
  .description('proves the config and what it needs; one line each, exit 1 if any fails')
  .addOption(config())
  .action(lazily(async () => (await import('./commands/check/check.js')).check))

program
  .command('explain')
  .description('which rules match a run and why, and what would run')
  .addOption(config())
  .option('--start <file>', 'the Run Start, as JSON')
  .option('--stop <file>', 'the Run Stop, as JSON')
  .option(
    '--uid <uid>',
    'a run that the ledger knows, by as much of its uid as is unique, or the data server',
  )
  .addOption(new Option('--json', 'one JSON object on stdout'))
  .action(lazily(async () => (await import('./commands/explain.js')).explain))

program
  .command('tap')
  .description('watch documents, live or from a recording')
  .argument('[address]', 'the proxy’s out address', 'localhost:5578')
  .option('--from <file>', 'a recording: frames, or documents as JSONL')
  .option('--record <file>', 'write the frames as they come')
  .option('--prefix <prefix>', 'only frames with this prefix, exactly; any unless given')
  .addOption(
    new Option('--decoder <decoder>', 'how payloads are serialized')
      .choices(['auto', 'pickle', 'msgpack', 'json'])
      .default('auto'),
  )
  .addOption(json())
  .action(lazily(async () => (await import('./commands/tap.js')).tap))

program
  .command('replay')
  .description('put recorded runs, or the data server’s, through the rules, and wait')
  .argument('[file...]', 'recordings, or folders of them: frames, or documents as JSONL')
  .addOption(config())
  .option('--since <time>', 'the data server’s runs that stopped since 2026-11-23, or 2h or 3d ago')
  .option('--until <time>', 'of these only those that stopped before')
  .option('--dry-run', 'only say what would be done, and about how long it takes')
  .option('--rerun', 'attempt jobs once more that the ledger has')
  .action(lazily(async () => (await import('./commands/replay.js')).replay))

addJobFilters(program.command('jobs'))
  .description('what the ledger knows of jobs, whether or not the worker runs')
  .addOption(limit())
  .addOption(config())
  .addOption(json())
  .action(
    lazily(async () => {
      const { jobs } = await import('./commands/list.js')
      return (options: ListOptions & FilterOptions) => jobs(options, selectionOf(options))
    }),
  )

addRunFilters(program.command('runs'))
  .description('what the ledger knows of runs, whether or not the worker runs')
  .addOption(limit())
  .addOption(config())
  .addOption(json())
  .action(
    lazily(async () => {
      const { runs } = await import('./commands/list.js')
      return (options: ListOptions & FilterOptions) => runs(options, selectionOf(options))
    }),
  )

program
  .command('pause')
  .description('begin no further job until resume; what runs goes on, and runs are still received')
  .addOption(config())
  .addOption(json())
  .action(lazily(async () => (await import('./commands/operate/pausing.js')).pause))

program
  .command('resume')
  .description('begin jobs again')
  .addOption(config())
  .addOption(json())
  .action(lazily(async () => (await import('./commands/operate/pausing.js')).resume))

program
  .command('cancel')
  .description('end a job that runs, or leave out one that is queued or waits')
  .argument('<job>', 'its id, or as much of it as is unique')
  .addOption(config())
  .option('--message <text>', 'why; shown with the job')
  .addOption(json())
  .action(lazily(async () => (await import('./commands/operate/cancel.js')).cancel))

addJobFilters(
  program.command('rerun').argument('[target]', 'a job’s id or a run’s uid, as far as is unique'),
)
  .description('attempt once more: a job, all jobs of a run, or all that the options say')
  .addOption(config())
  .option('--rules', 'decide anew by the rules as they are now, in place of what was stored')
  .option('--dry-run', 'only say which jobs that would be')
  .option('--wait', 'until they have ended; exit 1 if one failed')
  .option('--priority <number>', 'the higher goes first; 0 is usual')
  .addOption(json())
  .action(lazily(async () => (await import('./commands/operate/rerun.js')).rerun))

program
  .command('prune')
  .description('remove attempt folders, documents and rows that are older than the config says')
  .addOption(config())
  .option('--dry-run', 'only say how many that would be')
  .option('--older-than <age>', 'such as 90d, in place of the config’s `retention`')
  .option('--newest-too', 'also the newest attempt of each job')
  .addOption(json())
  .action(lazily(async () => (await import('./commands/prune.js')).prune))

program
  .command('page')
  .description('the page by itself, from the ledger and the results; it acts on nothing')
  .addOption(config())
  .option('--port <port>', 'in place of the config’s http.port')
  .action(lazily(async () => (await import('./commands/page.js')).page))

program
  .command('init')
  .description('write a deployment: config, supervisor program, systemd unit, environment, example')
  .argument('<dir>', 'where to write it')
  .option(
    '--prefix <prefix>',
    'what its paths start with, if it is moved there later (default: dir)',
  )
  .option('--force', 'overwrite what is there')
  .action(lazily(async () => (await import('./commands/init/init.js')).init))

program
  .command('demo')
  .description('the whole thing on this machine: a real RunEngine, the real proxy and papermill')
  .option('--python <program>', 'a Python with bluesky, ophyd and papermill', 'python3')
  .option('--keep <dir>', 'leave everything in this folder (default: a new one)')
  .addOption(new Option('--json', 'one JSON object on stdout'))
  .action(lazily(async () => (await import('./commands/demo/demo.js')).demo))

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // help and version are no errors; the rest is wrong usage
    process.exitCode = error.exitCode === 0 ? 0 : 2
  } else if (error instanceof CommandError || error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error instanceof CommandError ? error.exitCode : 1
  } else {
    process.stderr.write(`prompt-papermill: ${(error as Error).message}\n`)
    if (process.env.DEBUG) process.stderr.write(`${(error as Error).stack ?? ''}\n`)
    process.exitCode = 1
  }
}
