/**
 * Builds the page into `dist/page`: one script, one style, and two files as they are. Preact goes into the script, so
 * that nothing is loaded from elsewhere.
 */
import { copyFile, mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

await mkdir(at('dist/page'), { recursive: true })
await build({
  entryPoints: { page: at('src/page/main.tsx') },
  outdir: at('dist/page'),
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome111', 'firefox115', 'safari16'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  banner: {
    js: '/*! With Preact, MIT licence, (c) 2015-present Jason Miller: https://preactjs.com */',
  },
})
for (const file of ['index.html', 'icon.svg']) {
  await copyFile(at(`src/page/${file}`), at(`dist/page/${file}`))
}
