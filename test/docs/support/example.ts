import ts from 'typescript'

import type { Block } from './blocks.js'

/** What the line of a fence may say of an example, behind `ts`. */
export type Manner =
  /** It ends by itself, with exit code 0. */
  | { readonly kind: 'ends' }
  /** `keeps-running`: a service. It must still run when all of it is evaluated and it has printed what it says. */
  | { readonly kind: 'keeps-running' }
  /** `no-run: why not`: it is compiled only. */
  | { readonly kind: 'no-run'; readonly reason: string }
  /** It has tests of its own, and runs in vitest. */
  | { readonly kind: 'suite' }

/** An example of a page or a docstring. */
export interface Example extends Block {
  readonly manner: Manner
  readonly isTypeScript: boolean
}

const languages = new Map([
  ['ts', true],
  ['typescript', true],
  ['js', false],
  ['javascript', false],
])

/** The blocks that are programs. */
export function examplesOf(blocks: readonly Block[]): Example[] {
  return blocks.flatMap((block) => {
    const isTypeScript = languages.get(block.language)
    return isTypeScript === undefined ? [] : [{ ...block, isTypeScript, manner: mannerOf(block) }]
  })
}

function mannerOf({ info, code, file, line }: Block): Manner {
  if (/from 'vitest'/u.test(code)) return { kind: 'suite' }
  if (info === '') return { kind: 'ends' }
  if (info === 'keeps-running') return { kind: 'keeps-running' }
  const reason = /^no-run:\s*(?<reason>\S.*)$/u.exec(info)?.groups?.reason
  if (reason !== undefined) return { kind: 'no-run', reason }
  throw new Error(
    `${file}:${line}: a fence of an example says "${info}"; it may say "keeps-running" or "no-run: why"`,
  )
}

/** TypeScript as Node runs it. */
export function compiled(code: string): string {
  return ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
      inlineSourceMap: true,
      inlineSources: true,
    },
  }).outputText
}
