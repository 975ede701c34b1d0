/** What the address says of the list, apart from where in it one is. */
export const filterNames = ['text', 'state', 'plan_name', 'sample', 'scan_id', 'since', 'until']

/** What the API is asked for, by what the address says: days are local, and the last one counts whole. */
export function apiQuery(query: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams({ limit: '50' })
  for (const name of [...filterNames, 'after']) {
    const value = query.get(name)?.trim().slice(0, 500)
    if (!value) continue
    const time =
      name === 'since' ? dayStart(value, 0) : name === 'until' ? dayStart(value, 1) : value
    if (time !== null) asked.set(name, time)
  }
  return asked
}

function dayStart(day: string, later: number): string | null {
  const date = new Date(`${day}T00:00`)
  if (Number.isNaN(date.getTime())) return null
  date.setDate(date.getDate() + later)
  return date.toISOString()
}
