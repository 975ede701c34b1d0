import { z } from 'zod'

const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const bytes: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** A duration such as `10s`, `30m` or `2h`; becomes milliseconds. */
export const duration = quantity(milliseconds, 'a duration such as 10s, 30m or 2h')

/** A size such as `600MiB` or `4GiB`; becomes bytes. */
export const size = quantity(bytes, 'a size such as 600MiB or 4GiB')

function quantity(units: Readonly<Record<string, number>>, what: string) {
  const pattern = new RegExp(`^\\d+(\\.\\d+)?(${Object.keys(units).join('|')})$`, 'u')
  return z
    .string({ error: `must be ${what}` })
    .regex(pattern, { error: `must be ${what}` })
    .transform((text) => {
      const unit = text.replace(/^[\d.]+/u, '')
      return Number.parseFloat(text) * (units[unit] as number)
    })
}
