import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { RemoteDispatcher, replay, toLosslessJson } from '@prompt-papermill/core'
import { describeSource, FakeSource, type OpenSource } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { frameOf, recording } from '../../support/frames.js'
import { PublishingSocket } from '../../support/publishing-socket.js'

const framework = { describe, expect, it }

const openFake: OpenSource = (messages) => {
  const source = new FakeSource()
  return Promise.resolve({
    source,
    play: () => {
      source.send(...messages)
      return Promise.resolve()
    },
  })
}

const openDispatcher: OpenSource = async (messages) => {
  const publisher = await PublishingSocket.open()
  return {
    source: new RemoteDispatcher(publisher.address),
    play: () => publisher.send(messages.map((message) => frameOf(message))),
    close: () => publisher.close(),
  }
}

/** A recording of the documents, in either format. */
function openReplay(
  name: string,
  write: (messages: Parameters<OpenSource>[0]) => Uint8Array | string,
): OpenSource {
  return async (messages) => {
    const folder = await mkdtemp(join(tmpdir(), 'papermill-replay-'))
    const path = join(folder, name)
    await writeFile(path, write(messages))
    return {
      source: replay(path),
      play: () => Promise.resolve(),
      close: () => rm(folder, { recursive: true }),
    }
  }
}

describeSource(framework, 'FakeSource', openFake)
describeSource(framework, 'RemoteDispatcher', openDispatcher)
describeSource(
  framework,
  'Replay of frames',
  openReplay('run.frames', (messages) => recording(messages.map((message) => frameOf(message)))),
)
describeSource(
  framework,
  'Replay of documents',
  openReplay('run.jsonl', (messages) =>
    messages.map(({ name, doc }) => `${toLosslessJson([name, doc])}\n`).join(''),
  ),
)
