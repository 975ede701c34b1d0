import { join } from 'node:path'

import { format, resolveConfig } from 'prettier'

import { root } from '../../../support/python.js'

/** A page as `npm run format` would leave it. */
export async function formatted(markdown: string): Promise<string> {
  const options = await resolveConfig(join(root, 'docs/README.md'))
  return format(markdown, { ...options, parser: 'markdown' })
}
