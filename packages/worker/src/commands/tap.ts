import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

import {
  BlueskyError,
  type DecoderName,
  type DocumentMessage,
  type DocumentSource,
  type Dropped,
  frameHeader,
  RemoteDispatcher,
  replay,
  toLosslessJson,
} from '@prompt-papermill/core'

import { oneLine } from '../log/escape.js'
import { CommandError } from './command-error.js'
import { summaryOf } from './document-summary.js'

/** Options of `tap`. */
export interface TapOptions {
  readonly from?: string
  readonly record?: string
  readonly prefix?: string
  readonly decoder: DecoderName
  readonly json?: boolean
}

/** `prompt-papermill tap`: shows documents as they come. */
export async function tap(address: string, options: TapOptions): Promise<number> {
  if (options.from !== undefined && options.record !== undefined) {
    throw new CommandError('--record goes with a live stream; a recording can be copied instead', 2)
  }
  const say = options.json ? sayJson : sayText
  leaveQuietlyWhenNobodyReads()
  const reading = {
    prefix: options.prefix ?? null,
    decoder: options.decoder,
    validate: options.json ? 'off' : 'warn',
  } as const
  try {
    return options.from === undefined
      ? await tapLive(new RemoteDispatcher(address, reading), options.record, say)
      : await tapRecording(options.from, reading, say)
  } catch (error) {
    if (!(error instanceof BlueskyError) || !options.json) throw error
    say.dropped({ reason: 'bad-frame', name: null, bytes: 0, message: error.message })
    return 1
  }
}

/** How documents and dropped frames are shown. */
interface Voice {
  document(message: DocumentMessage): void
  dropped(dropped: Dropped): void
  note(text: string): void
}

async function tapRecording(
  path: string,
  reading: Parameters<typeof replay>[1],
  say: Voice,
): Promise<number> {
  const source = replay(path, reading)
  show(source, say)
  await source.start()
  await source.finished()
  return 0
}

async function tapLive(
  source: RemoteDispatcher,
  record: string | undefined,
  say: Voice,
): Promise<number> {
  const recording = record === undefined ? undefined : await openRecording(record)
  if (recording) {
    source.onFrame((frame) => {
      recording.write(frameHeader(frame))
      recording.write(frame)
    })
  }
  show(source, say)
  source.on('connected', (where) => say.note(`connected to ${where}`))
  source.on('disconnected', (where) =>
    say.note(`disconnected from ${where}; it reconnects by itself`),
  )
  await source.start()
  say.note(`listening on ${source.address}; Ctrl-C ends it`)
  await Promise.race([
    new Promise((resolve) => process.once('SIGINT', resolve)),
    new Promise((resolve) => process.once('SIGTERM', resolve)),
    ...(recording ? [finished(recording)] : []),
  ])
  await source.stop()
  if (recording) {
    recording.end()
    await finished(recording)
  }
  return 0
}

async function openRecording(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path)
  await new Promise((resolve, reject) => {
    stream.once('open', resolve)
    stream.once('error', (error) =>
      reject(new CommandError(`${path} can't be written: ${error.message}`)),
    )
  })
  return stream
}

function show(source: DocumentSource, say: Voice): void {
  source.on('document', (message) => say.document(message))
  source.on('dropped', (dropped) => say.dropped(dropped))
  source.on('invalid', ({ message, issues: [first] }) =>
    say.note(
      `this ${message.name} document breaks event-model's schema: ${first?.path} ${first?.message}`,
    ),
  )
}

const sayJson: Voice = {
  document: ({ name, doc }) => process.stdout.write(`${toLosslessJson({ name, doc })}\n`),
  dropped: ({ reason, name, bytes, message }) =>
    process.stderr.write(`${JSON.stringify({ dropped: reason, name, bytes, message })}\n`),
  note: () => undefined,
}

const sayText: Voice = {
  document: (message) => process.stdout.write(`${oneLine(summaryOf(message))}\n`),
  dropped: ({ reason, bytes, message }) =>
    process.stderr.write(`dropped a frame of ${bytes} bytes (${reason}): ${oneLine(message)}\n`),
  note: (text) => process.stderr.write(`${oneLine(text)}\n`),
}

/** `tap | head` is no error. */
function leaveQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
