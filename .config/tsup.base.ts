import { readFile } from 'node:fs/promises'

import type { Plugin } from 'esbuild'
import type { Options } from 'tsup'
import ts from 'typescript'

/**
 * Compiles each source file with TypeScript before esbuild bundles it.
 *
 * esbuild would inline helpers of its own (for `await using`, say); TypeScript with `importHelpers`
 * imports them from tslib, so that they are shipped once. See docs/decisions/0002-tslib.md.
 */
const typescriptHelpers: Plugin = {
  name: 'typescript-helpers',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const { outputText } = ts.transpileModule(source, {
        fileName: path,
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
          importHelpers: true,
          inlineSourceMap: true,
          inlineSources: true,
        },
      })
      return { contents: outputText, loader: 'js' }
    })
  },
}

/** What the three packages build alike; declarations come from `tsc -b`. */
export function library(options: Options): Options {
  return {
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    splitting: true,
    sourcemap: true,
    // all but what tsc wrote before, and the worker's page, which is written over
    clean: ['!**/*.d.ts', '!**/*.d.ts.map', '!.tsbuildinfo', '!page/**'],
    dts: false,
    esbuildPlugins: [typescriptHelpers],
    ...options,
  }
}
