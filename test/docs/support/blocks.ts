import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import ts from 'typescript'

import { root } from '../../support/python.js'

/** A fenced block of a page or a docstring. */
export interface Block {
  /** From the checkout's folder. */
  readonly file: string
  /** What it belongs to: the heading above it, or the declaration, with a number if there are several. */
  readonly name: string
  /** The line of the file on which its first line of code stands, from 1. */
  readonly line: number
  readonly language: string
  /** What stands behind the language on the fence's line. */
  readonly info: string
  readonly code: string
}

type Place = Pick<Block, 'file' | 'name'>
/** Its line counted within the text that it was found in, from 0. */
type Found = Omit<Block, 'file' | 'name'>

const opening = /^(?<indent>[ \t]*)(?<fence>`{3,}|~{3,})(?<language>[^\s`]*)[ \t]*(?<info>[^`]*)$/u

/** The fenced blocks in lines of Markdown. */
function fenced(lines: readonly string[]): Found[] {
  const blocks: Found[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const { indent = '', fence, language = '', info = '' } = opening.exec(lines[at]!)?.groups ?? {}
    if (fence === undefined) continue
    const first = at + 1
    const isEnd = (line: string): boolean =>
      line.trim().startsWith(fence) && /^(`+|~+)$/u.test(line.trim())
    for (at = first; at < lines.length && !isEnd(lines[at]!); at += 1);
    const code = lines
      .slice(first, at)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
    blocks.push({ line: first, language, info: info.trim(), code: `${code.join('\n')}\n` })
  }
  return blocks
}

/** The blocks of a page, each named by the heading above it. */
function blocksOfPage(file: string): Block[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const blocks = fenced(lines)
  const inside = new Set(
    blocks.flatMap(({ line, code }) => code.split('\n').map((_, i) => line + i)),
  )
  const headingAbove = (line: number): string => {
    for (let at = line; at >= 0; at -= 1) {
      const heading = inside.has(at) ? undefined : /^#+\s+(.*)$/u.exec(lines[at] ?? '')?.[1]
      if (heading !== undefined) return heading.trim()
    }
    return 'top'
  }
  return blocks.map((block) => ({
    ...block,
    file,
    name: headingAbove(block.line),
    line: block.line + 1,
  }))
}

/** The blocks in the docstrings of a source file, each named by what is documented. */
function blocksOfSource(file: string): Block[] {
  const text = readFileSync(join(root, file), 'utf8')
  if (!text.includes('```')) return []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)
  const blocks: Block[] = []
  const visit = (node: ts.Node, names: readonly string[]): void => {
    const own = nameOf(node)
    const all = own === undefined ? names : [...names, own]
    for (const comment of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
      // a declaration in a statement hands out the statement's comment once more
      if (comment.parent !== node) continue
      const place = { file, name: all.join('.') || 'the module' }
      blocks.push(...blocksOfComment(text, comment, source, place))
    }
    ts.forEachChild(node, (child) => visit(child, all))
  }
  visit(source, [])
  return blocks
}

function blocksOfComment(
  text: string,
  comment: ts.JSDoc,
  source: ts.SourceFile,
  place: Place,
): Block[] {
  const lines = text
    .slice(comment.pos, comment.end)
    .replace(/^\/\*\*/u, '')
    .replace(/\*\/$/u, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/u, ''))
  const first = source.getLineAndCharacterOfPosition(comment.pos).line + 1
  return fenced(lines).map((block) => ({ ...block, ...place, line: first + block.line }))
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations[0]?.name.getText()
  if (ts.isConstructorDeclaration(node)) return 'constructor'
  const { name } = node as { name?: ts.Node }
  // a variable is named by its statement
  return name && !ts.isVariableDeclaration(node) ? name.getText() : undefined
}

/** The files below a folder, from the checkout's folder, that end so. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((path) => !/(^|\/)(node_modules|dist)\//u.test(path))
    .sort()
}

/** The pages that people read: the READMEs and the docs, without what typedoc makes. */
export function pages(): string[] {
  const ofPackages = readdirSync(join(root, 'packages')).flatMap((name) =>
    filesBelow(`packages/${name}`, 'README.md').filter(
      (path) => path === `packages/${name}/README.md`,
    ),
  )
  const docs = filesBelow('docs', '.md').filter((path) => !path.startsWith('docs/api/'))
  return ['README.md', ...ofPackages, ...docs]
}

/** Every block of the pages. */
export function blocksOfPages(): Block[] {
  return numbered(pages().flatMap(blocksOfPage))
}

/** Every block of the packages' docstrings. */
export function blocksOfDocstrings(): Block[] {
  const files = readdirSync(join(root, 'packages')).flatMap((name) =>
    filesBelow(`packages/${name}/src`, '.ts'),
  )
  return numbered(files.flatMap(blocksOfSource))
}

/** Tells blocks of the same place and language apart. */
function numbered(blocks: readonly Block[]): Block[] {
  const key = ({ file, name, language }: Block): string => [file, name, language].join('\0')
  const counts = new Map<string, number>()
  const seen = new Map<string, number>()
  for (const block of blocks) counts.set(key(block), (counts.get(key(block)) ?? 0) + 1)
  return blocks.map((block) => {
    const number = (seen.get(key(block)) ?? 0) + 1
    seen.set(key(block), number)
    return counts.get(key(block)) === 1 ? block : { ...block, name: `${block.name} (${number})` }
  })
}
