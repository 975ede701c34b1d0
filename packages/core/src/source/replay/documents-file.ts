import { dirname } from 'node:path'

import {
  checkDocument,
  type DropReason,
  type FrameOutcome,
  type Validation,
} from '../../decode/frame-reader.js'
import { jsonDecoder } from '../../decode/decoders.js'
import { isDocumentName } from '../../documents/messages.js'
import { fromLosslessJson } from '../../documents/values/lossless-json.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import { linesOf } from './chunks.js'
import { withKeptArrays } from './kept-arrays.js'

/**
 * The documents of a JSONL file: lines `["start", {…}]` as suitcase-jsonl writes them, or
 * `{"name": "start", "doc": {…}}` as bluesky's `JSONLinesWriter` does. Values may be in plain JSON (with
 * Python's bare NaN) or in the lossless JSON. Arrays that `documentsSpool` kept beside it are put back.
 *
 * A line that can't be used comes as `dropped`.
 *
 * @throws BlueskyError `bad-file` if the file can't be read.
 */
export async function* readDocuments(
  path: string,
  validate: Validation,
): AsyncGenerator<FrameOutcome, void, undefined> {
  const json = jsonDecoder()
  for await (const [line, number] of linesOf(path)) {
    if (line.every((byte) => byte <= 0x20)) continue
    const drop = (reason: DropReason, name: string | null, message: string): FrameOutcome => ({
      kind: 'dropped',
      dropped: { reason, name, bytes: line.length, message: `line ${number}: ${message}` },
    })
    let value: unknown
    try {
      value = line.includes('"__') ? fromLosslessJson(line.toString()) : json.decode(line)
      if (line.includes('"__array__"')) value = await withKeptArrays(value, dirname(path))
    } catch (error) {
      yield drop(reasonOf(error), null, (error as Error).message)
      continue
    }
    const pair = nameAndDocument(value)
    if (!pair) {
      yield drop('bad-frame', null, 'it is neither ["name", {…}] nor {"name": …, "doc": {…}}')
    } else if (!isDocumentName(pair.name)) {
      yield drop('unknown-name', pair.name, `"${pair.name}" is not the name of a bluesky document`)
    } else {
      const checked = checkDocument(pair.name, pair.doc, validate)
      yield checked.ok
        ? { kind: 'document', prefix: '', message: checked.message, issues: checked.issues }
        : drop('invalid', pair.name, checked.reason)
    }
  }
}

function reasonOf(error: unknown): DropReason {
  const code = error instanceof BlueskyError ? error.code : null
  return code === 'too-large' || code === 'too-deep' ? code : 'bad-payload'
}

function nameAndDocument(value: unknown): { name: string; doc: unknown } | null {
  if (Array.isArray(value)) {
    const [name, doc] = value as unknown[]
    return value.length === 2 && typeof name === 'string' ? { name, doc } : null
  }
  if (typeof value !== 'object' || value === null) return null
  const { name, doc } = value as { name?: unknown; doc?: unknown }
  return typeof name === 'string' && doc !== undefined ? { name, doc } : null
}
