import { open } from 'node:fs/promises'

import { BlueskyError } from '../../errors/bluesky-error.js'

/** What a recording holds: `frames` as they came, or `documents` as JSONL. */
export type RecordingFormat = 'frames' | 'documents'

/** How much of a text is looked through for a line of JSON, in bytes. */
const maxHead = 64 * 1024

/**
 * Tells the format of a recording from its content.
 *
 * A recording of frames begins with a length, of which a byte is zero unless the frame is enormous; no text
 * has that. A frame of 8,795 bytes begins like JSON all the same: `["`, and then two zeros.
 *
 * @throws BlueskyError `bad-file` if the file can't be read, or is neither.
 */
export async function formatOf(path: string): Promise<RecordingFormat> {
  const head = await headOf(path)
  if (/[\0-\x08\x0b\x0c\x0e-\x1f]/u.test(head.slice(0, 4))) return 'frames'
  if (head.trim() === '' || /^\s*[[{]\s*"/mu.test(head)) return 'documents'
  // too short for a frame's length, and so for a recording
  if (head.length < 4) return 'frames'
  throw new BlueskyError(
    'bad-file',
    `${path} is neither a recording of frames nor JSONL with a document in each line`,
  )
}

async function headOf(path: string): Promise<string> {
  try {
    await using file = await open(path)
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxHead), 0, maxHead, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } catch (cause) {
    throw new BlueskyError('bad-file', `${path} can't be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}
