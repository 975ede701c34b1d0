import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import ts from 'typescript'

import { root } from '../../support/python.js'
import { strictOptions } from './type-check.js'

/** A name that a package exports. */
export interface PublicName {
  readonly name: string
  readonly symbol: ts.Symbol
  readonly declaration: ts.Declaration
  /** What it is at run time; null for what is only a type. */
  readonly value: 'function' | 'class' | 'constant' | null
}

/** The packages as the compiler sees them. */
export interface Packages {
  readonly checker: ts.TypeChecker
  /** By the package's folder; a name that several entries have is there once. */
  readonly names: ReadonlyMap<string, readonly PublicName[]>
  /** Entries that a `package.json` names, and names that an entry exports, without a source. */
  readonly missing: readonly string[]
}

/** Reads the exported names of all packages, from the sources of the entries in their `package.json`. */
export function readPackages(): Packages {
  const entries = readdirSync(join(root, 'packages')).map(
    (folder) => [folder, entriesOf(folder)] as const,
  )
  return readNames(new Map(entries))
}

/** Reads the names that files export, by what the files belong to. */
export function readNames(entries: ReadonlyMap<string, readonly string[]>): Packages {
  const program = ts.createProgram([...entries.values()].flat(), strictOptions())
  const checker = program.getTypeChecker()
  const missing: string[] = []
  const names = [...entries].map(([folder, files]) => {
    const found = files.flatMap((file) => {
      const source = program.getSourceFile(file)
      if (!source) missing.push(file.slice(root.length))
      return source ? namesOf(source, checker, missing) : []
    })
    return [folder, once(found)] as const
  })
  return { checker, names: new Map(names), missing }
}

function entriesOf(folder: string): string[] {
  const text = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')
  const { exports } = JSON.parse(text) as { exports: Record<string, { default?: string }> }
  return Object.values(exports)
    .map(({ default: path }) => /^\.\/dist\/(?<entry>.*)\.js$/u.exec(path ?? '')?.groups?.entry)
    .filter((entry) => entry !== undefined)
    .map((entry) => join(root, 'packages', folder, 'src', `${entry}.ts`))
}

function namesOf(source: ts.SourceFile, checker: ts.TypeChecker, missing: string[]): PublicName[] {
  const module = checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${source.fileName} exports nothing`)
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported
    const [declaration] = symbol.declarations ?? []
    if (!declaration) {
      missing.push(`${exported.name} of ${source.fileName.slice(root.length)}`)
      return []
    }
    const value = isOnlyType(exported) ? null : valueOf(symbol)
    return [{ name: exported.name, symbol, declaration, value }]
  })
}

/** `export type { Name }`: of a class, only its type. */
function isOnlyType({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (node) => ts.isExportSpecifier(node) && (node.isTypeOnly || node.parent.parent.isTypeOnly),
  )
}

function valueOf({ flags }: ts.Symbol): PublicName['value'] {
  if (flags & ts.SymbolFlags.Function) return 'function'
  if (flags & ts.SymbolFlags.Class) return 'class'
  return flags & ts.SymbolFlags.Variable ? 'constant' : null
}

function once(names: readonly PublicName[]): PublicName[] {
  return [...new Map(names.map((name) => [name.symbol, name])).values()]
}

/** Where something is declared, for people. */
export function placeOf(node: ts.Node): string {
  const source = node.getSourceFile()
  const { line } = source.getLineAndCharacterOfPosition(node.getStart())
  return `${source.fileName.slice(root.length)}:${line + 1}`
}

/** Whether it is declared in this checkout: neither by others nor by the language. */
export function isOwn(node: ts.Node): boolean {
  return !node.getSourceFile().fileName.includes('/node_modules/')
}

/** What a docstring says before its first tag. */
export function summaryOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()
}

/** The texts of one kind of tag in a docstring, links as they are written. */
export function tagsOf(node: ts.Node, tag: string): string[] {
  const owner =
    ts.isVariableDeclaration(node) && ts.isVariableStatement(node.parent.parent)
      ? node.parent.parent
      : node
  return ts
    .getJSDocTags(owner)
    .filter(({ tagName }) => tagName.text === tag)
    .map((found) => found.getText().replace(/^\s*\* ?/gmu, ''))
}

/** The texts of one kind of tag of a member; where it has no docstring, of the contract that it keeps. */
export function inheritedTagsOf(symbol: ts.Symbol, tag: string, checker: ts.TypeChecker): string[] {
  return symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === tag)
    .map(({ text }) => ts.displayPartsToString(text))
}

/** A member of a class, interface or object type that those who use it can see. */
export interface Member {
  readonly symbol: ts.Symbol
  readonly declaration: ts.Declaration
}

/** The members that a type has of its own. */
export function membersOf(
  { declaration }: Pick<PublicName, 'declaration'>,
  checker: ts.TypeChecker,
): Member[] {
  const others = namesOfOthers(declaration, checker)
  return memberNodes(declaration)
    .filter((node) => !isHidden(node))
    .flatMap((node) => {
      const symbol = node.name && checker.getSymbolAtLocation(node.name)
      return symbol && !others.has(symbol.name) ? [{ symbol, declaration: node }] : []
    })
}

/** What a class takes over from one that isn't ours, such as `name` of an Error: documented there. */
function namesOfOthers(declaration: ts.Declaration, checker: ts.TypeChecker): ReadonlySet<string> {
  if (!ts.isClassDeclaration(declaration) || !declaration.name) return new Set()
  const names = new Set<string>()
  const visit = (type: ts.BaseType): void => {
    for (const base of type.getBaseTypes() ?? []) {
      for (const { name, declarations } of base.getProperties()) {
        if (declarations?.some((each) => !isOwn(each))) names.add(name)
      }
      visit(base)
    }
  }
  visit(checker.getTypeAtLocation(declaration))
  // a class of ours that overrides it again hides where it comes from
  if (names.has('stack')) names.add('name')
  return names
}

function memberNodes(declaration: ts.Declaration): readonly (ts.ClassElement | ts.TypeElement)[] {
  if (ts.isClassDeclaration(declaration)) return [...declaration.members, ...parameterMembers()]
  if (ts.isInterfaceDeclaration(declaration)) return declaration.members
  if (!ts.isTypeAliasDeclaration(declaration)) return []
  return ts.isTypeLiteralNode(declaration.type) ? declaration.type.members : []

  /** `constructor(readonly kind: …)` makes members too. */
  function parameterMembers(): ts.ClassElement[] {
    const constructors = (declaration as ts.ClassDeclaration).members.filter(
      ts.isConstructorDeclaration,
    )
    return constructors.flatMap(({ parameters }) =>
      parameters.filter((parameter) =>
        ts.isParameterPropertyDeclaration(parameter, parameter.parent),
      ),
    ) as unknown as ts.ClassElement[]
  }
}

function isHidden(node: ts.ClassElement | ts.TypeElement): boolean {
  const flags = ts.getCombinedModifierFlags(node)
  return (
    (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0 ||
    (node.name !== undefined &&
      (ts.isPrivateIdentifier(node.name) || ts.isComputedPropertyName(node.name)))
  )
}
