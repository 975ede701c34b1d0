import type { Context } from 'hono'
import type { z } from 'zod'

import type { Asker } from '../http/access.js'
import type { ApiPlace } from './place.js'

/** What a request gave, checked. */
export interface Asked<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** Who asks. */
  readonly asker: Asker
  readonly c: Context
}

/** What an endpoint answers with when all is well. */
export type Answer =
  | { readonly schema: z.ZodType; readonly description: string }
  | { readonly media: string; readonly description: string }

/** Something that the API can be asked: its routes and its OpenAPI document are made of these alone. */
export interface Endpoint {
  readonly id: string
  readonly method: 'get' | 'post' | 'delete'
  /** Below `/api/v1`, with `{name}` for parameters. */
  readonly path: string
  readonly tag: 'Runs' | 'Jobs' | 'Attempts' | 'Worker' | 'About'
  readonly summary: string
  readonly description?: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Whether it changes something, which not everybody may. */
  readonly acts?: boolean
  /** Whether it may be asked by somebody who may not read. */
  readonly open?: boolean
  readonly answer: Answer
  /** Statuses besides 200 and those that any endpoint may give. */
  readonly statuses?: Readonly<Record<number, string>>
  /** An object becomes JSON. */
  readonly handle: (place: ApiPlace, asked: Asked<never, never, never>) => Promise<object> | object
}

/** An endpoint whose handler gets what its schemas give. */
export function endpoint<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodUndefined,
>(
  given: Omit<Endpoint, 'params' | 'query' | 'body' | 'handle'> & {
    readonly params?: P
    readonly query?: Q
    readonly body?: B
    readonly handle: (
      place: ApiPlace,
      asked: Asked<z.output<P>, z.output<Q>, z.output<B>>,
    ) => Promise<object> | object
  },
): Endpoint {
  return given
}
