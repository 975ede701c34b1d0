import { z } from 'zod'

import type { AttemptFolder } from '../files/attempt-folder.js'
import { openFile } from '../files/open-file.js'

/** A larger one is downloaded and not shown: to read it would keep the worker from its documents. */
const largest = 16 * 1024 ** 2

const lines = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === 'string' ? given : given.join('')))

const output = z.object({
  output_type: z.string().catch(''),
  text: lines.optional().catch(undefined),
  data: z.record(z.string(), z.unknown()).optional().catch(undefined),
  ename: z.string().optional().catch(undefined),
  evalue: z.string().optional().catch(undefined),
  traceback: z.array(z.string()).optional().catch(undefined),
})

const cell = z.object({
  cell_type: z.string().catch('raw'),
  source: lines.catch(''),
  execution_count: z.number().nullish().catch(null),
  metadata: z.object({ tags: z.array(z.string()).catch([]) }).catch({ tags: [] }),
  outputs: z.array(output.catch({ output_type: '' })).catch([]),
})

const notebook = z.object({ cells: z.array(cell).max(5000).catch([]) })

/** What is shown of a notebook; what is not as nbformat has it is left out. */
export type Notebook = z.output<typeof notebook>
/** A cell of it. */
export type Cell = Notebook['cells'][number]
/** What a cell gave. */
export type Output = Cell['outputs'][number]

/** A notebook that can't be shown; the message says why. */
export class UnreadableNotebookError extends Error {
  override readonly name = 'UnreadableNotebookError'
}

/**
 * Reads an attempt's notebook.
 *
 * @throws UnreadableNotebookError, and OperationError `not-found`.
 */
export async function readNotebook(folder: AttemptFolder, name: string): Promise<Notebook> {
  const { handle, stats } = await openFile(folder, name)
  let text: string
  try {
    if (stats.size > largest) {
      const size = Math.round(stats.size / 1024 ** 2)
      throw new UnreadableNotebookError(
        `${name} has ${size} MiB, more than is shown here (${largest / 1024 ** 2} MiB); download it`,
      )
    }
    text = await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
  try {
    return notebook.parse(JSON.parse(text))
  } catch {
    throw new UnreadableNotebookError(`${name} is no notebook that can be read here; download it`)
  }
}

/** The text of an output's form; null if it has no such. */
export function formOf({ data }: Output, type: string): string | null {
  const parsed = lines.safeParse(data?.[type])
  return parsed.success ? parsed.data : null
}
