import { z } from 'zod'

import { packageVersion } from '../package-version.js'
import type { Answer, Endpoint } from './endpoint.js'
import { failure } from './schemas.js'

/** Where the API begins. */
export const apiBase = '/api/v1'

/** The OpenAPI document of the API, from the schemas that requests are checked with. */
export function openApiDocument(endpoints: readonly Endpoint[]): Record<string, unknown> {
  const shared: Record<string, unknown> = { Failure: jsonSchema(failure, 'output') }
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of endpoints) {
    const path = (paths[endpoint.path] ??= {})
    path[endpoint.method] = operationOf(endpoint)
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'prompt-papermill',
      version: packageVersion(),
      description:
        'Runs, jobs and results of a prompt-papermill worker, and what operates it. Reading is open on the worker’s own machine; else, and to act, `Authorization: Bearer TOKEN` is needed.',
    },
    servers: [{ url: apiBase }],
    tags: ['Runs', 'Jobs', 'Attempts', 'Worker', 'About'].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: shared,
    },
  }
  return withShared(document, shared)
}

/** A document whose schemas that are named, and may contain themselves, stand in one place. */
function withShared(
  document: Record<string, unknown>,
  shared: Record<string, unknown>,
): Record<string, unknown> {
  const text = JSON.stringify(document, (key, value: unknown) => {
    if (key !== '$defs') return value
    Object.assign(shared, value)
    return undefined
  })
  const whole = JSON.parse(text) as { components: { schemas: unknown } }
  // those that were found on the way
  whole.components.schemas = shared
  return JSON.parse(
    JSON.stringify(whole).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as Record<string, unknown>
}

function operationOf(endpoint: Endpoint): Record<string, unknown> {
  const { id, tag, summary, description, params, query, body, acts } = endpoint
  const parameters = [...parametersOf('path', params), ...parametersOf('query', query)]
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(body, 'input') } },
          },
        }),
    security: acts === true ? [{ token: [] }] : [{}, { token: [] }],
    responses: responsesOf(endpoint),
  }
}

function responsesOf({ answer, params, query, body, acts, open, statuses }: Endpoint) {
  const checked = params ?? query ?? body
  const others: Record<number, string> = {
    ...(checked ? { 400: 'What was asked makes no sense.' } : {}),
    431: 'The address or the headers are too long.',
    ...(open === true ? {} : { 401: 'The token is needed.' }),
    ...(acts === true ? { 403: 'Nobody may act here.', 409: 'It can’t be done now.' } : {}),
    ...(body ? { 409: 'It can’t be done now.', 413: 'The request is too large.' } : {}),
    421: 'The host is not this one.',
    503: 'The ledger can’t be read.',
    ...statuses,
  }
  return {
    200: { description: answer.description, content: contentOf(answer) },
    ...Object.fromEntries(
      Object.entries(others).map(([status, text]) => [status, failureOf(Number(status), text)]),
    ),
  }
}

/** Statuses whose answer is no failure's. */
const bare = new Set([206, 304, 431])

function failureOf(status: number, description: string) {
  if (bare.has(status)) return { description }
  const schema = { $ref: '#/components/schemas/Failure' }
  return { description, content: { 'application/json': { schema } } }
}

function contentOf(answer: Answer): Record<string, unknown> {
  if ('media' in answer) return { [answer.media]: {} }
  return { 'application/json': { schema: jsonSchema(answer.schema, 'output') } }
}

function parametersOf(place: 'path' | 'query', schema: z.ZodObject | undefined) {
  if (!schema) return []
  return Object.entries(schema.shape).map(([name, part]) => {
    const { description, ...rest } = jsonSchema(part as z.ZodType, 'input')
    return {
      name,
      in: place,
      required: place === 'path',
      ...(typeof description === 'string' ? { description } : {}),
      schema: rest,
    }
  })
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, reused: 'inline' })
  return rest
}
