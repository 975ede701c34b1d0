import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import {
  type BlueskyError,
  type DocumentMessage,
  type Dropped,
  replay,
  type ReplayOptions,
} from '@prompt-papermill/core'

import { temporaryFolder } from './temporary-folder.js'

/** What came of a recording. */
export interface Played {
  readonly messages: DocumentMessage[]
  readonly dropped: Dropped[]
  readonly error: BlueskyError | null
}

/** Replays a file to its end. */
export async function play(path: string, options: ReplayOptions = {}): Promise<Played> {
  const source = replay(path, options)
  const played: Played = { messages: [], dropped: [], error: null }
  source.on('document', (message) => played.messages.push(message))
  source.on('dropped', (dropped) => played.dropped.push(dropped))
  await source.start()
  const error = await source.finished().then(
    () => null,
    (reason: unknown) => reason as BlueskyError,
  )
  return { ...played, error }
}

/** Writes a file that goes when the test does; returns its path. */
export async function written(content: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'recording')
  await writeFile(path, content)
  return path
}
