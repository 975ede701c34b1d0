import { stat } from 'node:fs/promises'

import { ledgerFile } from '../../ledger/sqlite/open-database.js'

/** How often it is looked, in milliseconds. */
const every = 1000

/**
 * Watches a ledger that another process writes, by what the file system says of its files: which may be on another
 * machine's disk, where nothing else tells.
 *
 * @param changed - called when something was written.
 * @returns ends it.
 */
export function watchLedger(state: string, changed: () => void): () => void {
  const file = ledgerFile(state)
  let before: string | undefined
  let looking = false
  const look = async (): Promise<void> => {
    const now = (await Promise.all([file, `${file}-wal`].map(stampOf))).join(' ')
    if (before !== undefined && now !== before) changed()
    before = now
  }
  const lookOnce = (): void => {
    if (looking) return
    looking = true
    void look().finally(() => (looking = false))
  }
  const timer = setInterval(lookOnce, every)
  lookOnce()
  return () => clearInterval(timer)
}

/** Empty while it is not there. */
async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(path)
    return `${mtimeMs}:${size}`
  } catch {
    return ''
  }
}
