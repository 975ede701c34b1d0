import { z } from 'zod'

/** A path, relative to the config or absolute. */
export const path = z.string().min(1, { error: 'must be a path' })
