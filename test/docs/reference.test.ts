import { describe, expect, it } from 'vitest'

import { commandLinePage } from './support/reference/command-line-page.js'
import { configPage } from './support/reference/config-page.js'
import { formatted } from './support/reference/formatted.js'
import { manifestPage } from './support/reference/manifest-page.js'

// npm run docs:reference writes them anew

describe('the pages that are made', () => {
  it('of the config are what the schema says', async () => {
    await expect(await formatted(configPage())).toMatchFileSnapshot(
      '../../docs/reference/config.md',
    )
  })

  it('of the command line are what the program says', async () => {
    await expect(await formatted(await commandLinePage())).toMatchFileSnapshot(
      '../../docs/reference/command-line.md',
    )
  })

  it('of the manifest are what its schema says', async () => {
    await expect(await formatted(manifestPage())).toMatchFileSnapshot(
      '../../docs/reference/manifest.md',
    )
  })
})
