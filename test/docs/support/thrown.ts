import ts from 'typescript'

import { isOwn } from './public-names.js'

/** An error that code throws: its class, and its code where that is written where it is made. */
export interface Thrown {
  readonly type: string
  readonly code: string | null
  /** The file that it is thrown in. */
  readonly file: string
}

/** Called at once with what they are given, so that what that throws is thrown on. */
const callingAtOnce = new Set([
  ...['map', 'flatMap', 'forEach', 'filter', 'some', 'every', 'find', 'findIndex', 'reduce'],
  ...['from', 'fromEntries', 'sort', 'toSorted'],
])

/**
 * Tells which of the packages' own errors a function throws, or rejects with: itself, or one that it calls, as
 * far as the code says it without being run. Not followed are callbacks that may be called later, methods
 * of contracts, and what is passed on as a value. What a `try` catches and doesn't throw again is no more of it. Nor
 * is what an `NDArray` throws that contradicts itself: no decoder makes one, and `toList` says it for all.
 */
export class ThrownErrors {
  readonly #checker: ts.TypeChecker
  readonly #known = new Map<ts.Node, ReadonlyMap<string, Thrown>>()

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  of(declaration: ts.Declaration): readonly Thrown[] {
    return [...this.#ofFunction(declaration).values()]
  }

  #ofFunction(declaration: ts.Declaration): ReadonlyMap<string, Thrown> {
    const known = this.#known.get(declaration)
    if (known) return known
    const thrown = new Map<string, Thrown>()
    // one that calls itself throws nothing more by that
    this.#known.set(declaration, thrown)
    const body = bodyOf(declaration)
    for (const part of body) this.#visit(part, thrown)
    return thrown
  }

  #visit(node: ts.Node, thrown: Map<string, Thrown>): void {
    if (ts.isFunctionLike(node) && !isCalledAtOnce(node)) return
    if (ts.isTryStatement(node) && node.catchClause) {
      if (throwsAgain(node.catchClause)) this.#visit(node.tryBlock, thrown)
      this.#visit(node.catchClause.block, thrown)
      if (node.finallyBlock) this.#visit(node.finallyBlock, thrown)
      return
    }
    if (ts.isThrowStatement(node)) this.#add(node.expression, thrown)
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      if (isRejection(node)) this.#add(node.arguments?.[0], thrown)
      if (!isCaught(node)) this.#call(node, thrown)
    }
    if (ts.isPropertyAccessExpression(node)) this.#get(node, thrown)
    ts.forEachChild(node, (child) => this.#visit(child, thrown))
  }

  #add(expression: ts.Expression | undefined, thrown: Map<string, Thrown>): void {
    if (!expression) return
    const type = this.#checker.getTypeAtLocation(expression)
    const name = this.#ownErrorName(type)
    if (name === undefined) return
    const code = codeOf(expression)
    const file = expression.getSourceFile().fileName
    thrown.set(`${name} ${code ?? ''} ${file}`, { type: name, code, file })
  }

  #ownErrorName(type: ts.Type): string | undefined {
    const symbol = type.getSymbol()
    const [declaration] = symbol?.declarations ?? []
    if (!declaration || !ts.isClassDeclaration(declaration) || !isOwn(declaration)) return undefined
    const isError = this.#checker.getPropertyOfType(type, 'message') !== undefined
    return isError ? symbol?.name : undefined
  }

  #call(node: ts.CallExpression | ts.NewExpression, thrown: Map<string, Thrown>): void {
    const declaration = this.#checker.getResolvedSignature(node)?.getDeclaration()
    if (declaration && isOwn(declaration) && !isToList(declaration)) this.#join(declaration, thrown)
  }

  #get(node: ts.PropertyAccessExpression, thrown: Map<string, Thrown>): void {
    const symbol = this.#checker.getSymbolAtLocation(node.name)
    const getter = symbol?.declarations?.find(ts.isGetAccessorDeclaration)
    if (getter && isOwn(getter)) this.#join(getter, thrown)
  }

  #join(declaration: ts.Declaration, thrown: Map<string, Thrown>): void {
    for (const [key, error] of this.#ofFunction(declaration)) thrown.set(key, error)
  }
}

/** What of a declaration is run when it is called. */
function bodyOf(declaration: ts.Declaration): readonly ts.Node[] {
  if (!ts.isFunctionLike(declaration)) return []
  const { body } = declaration as { body?: ts.Node }
  return body === undefined ? [] : [...declaration.parameters, body]
}

function isCalledAtOnce(node: ts.Node): boolean {
  const call = ts.isParenthesizedExpression(node.parent) ? node.parent.parent : node.parent
  if (!ts.isCallExpression(call)) return false
  const { expression } = call
  return ts.isPropertyAccessExpression(expression) && callingAtOnce.has(expression.name.text)
}

/** Whether a `catch` throws on what it has caught. */
function throwsAgain({ variableDeclaration, block }: ts.CatchClause): boolean {
  const caught = variableDeclaration?.name.getText()
  let again = false
  const visit = (node: ts.Node): void => {
    if (ts.isThrowStatement(node) && node.expression.getText() === caught) again = true
    ts.forEachChild(node, visit)
  }
  visit(block)
  return again
}

/** `NDArray.toList`. */
function isToList(declaration: ts.Declaration): boolean {
  return (
    ts.isMethodDeclaration(declaration) &&
    declaration.name.getText() === 'toList' &&
    (declaration.parent as ts.ClassDeclaration).name?.text === 'NDArray'
  )
}

/** `Promise.reject(…)`. */
function isRejection(node: ts.CallExpression | ts.NewExpression): boolean {
  return node.expression.getText() === 'Promise.reject'
}

/** `call().catch(…)`. */
function isCaught(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.name.text === 'catch'
}

/** The code in `new BlueskyError('bad-option', …)`. */
function codeOf(expression: ts.Expression): string | null {
  if (!ts.isNewExpression(expression)) return null
  const [code] = expression.arguments ?? []
  return code && ts.isStringLiteral(code) && expression.expression.getText() === 'BlueskyError'
    ? code.text
    : null
}
