import { readFile } from 'node:fs/promises'

import type { Action } from '@prompt-papermill/core'
import { TiledClient } from '@prompt-papermill/core/tiled'
import { z } from 'zod'

import type { TiledConfig } from '../config/compile-tiled.js'

/** The parameter by which a notebook is told where its run is. */
const tiledParameter = 'tiled_url'
/** The variable from which Tiled's own client takes its key. */
const keyVariable = 'TILED_API_KEY'

/**
 * An action that runs a notebook, with its connection to the data server if its template has the parameter
 * `tiled_url`, or its entry gives it: the catalog's address in that, and the key in the kernel's environment, with the
 * other secrets. The template is looked at anew for each run, so that an edit counts at once.
 *
 * @param tiled - the data server; null: none, and the notebook is run as it is.
 * @param make - makes the action with such secrets.
 */
export function tiledNotebook(
  tiled: TiledConfig | null,
  template: string,
  secrets: Readonly<Record<string, string>>,
  make: (secrets: Readonly<Record<string, string>>) => Action,
): Action {
  const plain = make(secrets)
  if (!tiled) return plain
  const key = tiled.apiKey === undefined ? {} : { [keyVariable]: tiled.apiKey }
  const connected = make({ ...key, ...secrets })
  const { address } = new TiledClient(tiled)
  return {
    name: plain.name,
    async run(run, context) {
      const isGiven = Object.hasOwn(context.parameters, tiledParameter)
      if (!isGiven && !(await hasParameter(template))) return plain.run(run, context)
      const parameters = { [tiledParameter]: address, ...context.parameters }
      return connected.run(run, { ...context, parameters })
    },
  }
}

/** In a parameters cell: a line that sets it, in Python, Julia or R. */
const assignment = new RegExp(String.raw`^\s*${tiledParameter}\s*(?::[^=\n]+)?(?:=|<-)`, 'mu')

/** What is looked at of a template; a file of a person's may be anything. */
const notebook = z.object({
  cells: z.array(
    z.object({
      metadata: z.object({ tags: z.array(z.string()).optional() }).optional(),
      source: z.union([z.string(), z.array(z.string())]),
    }),
  ),
})

async function hasParameter(template: string): Promise<boolean> {
  let given: unknown
  try {
    given = JSON.parse(await readFile(template, 'utf8'))
  } catch {
    // who runs it says what is wrong with it
    return false
  }
  const { data } = notebook.safeParse(given)
  return (data?.cells ?? []).some(
    ({ metadata, source }) =>
      metadata?.tags?.includes('parameters') === true && assignment.test([source].flat().join('')),
  )
}
