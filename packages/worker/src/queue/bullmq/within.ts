/** Resolves when the work is done or failed, or so many milliseconds are over. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  try {
    await Promise.race([work.catch(() => undefined), over])
  } finally {
    clearTimeout(timer)
  }
}
