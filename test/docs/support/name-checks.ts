import ts from 'typescript'

import {
  inheritedTagsOf,
  membersOf,
  placeOf,
  type PublicName,
  summaryOf,
  tagsOf,
} from './public-names.js'
import { type Thrown, ThrownErrors } from './thrown.js'

/** What a check finds wrong with a name, each with the place of it. */
type Found = readonly (readonly [ts.Node, string])[]

/** The checks of what docstrings say. Each gives a sentence, with its place, for all that is missing. */
export class NameChecks {
  readonly #checker: ts.TypeChecker
  readonly #errors: ThrownErrors

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
    this.#errors = new ThrownErrors(checker)
  }

  /** Names that don't say what they are for. */
  withoutSummary(names: readonly PublicName[]): string[] {
    return problems(names, ({ name, symbol, declaration }) =>
      summaryOf(symbol, this.#checker) === '' ? [[declaration, `${name} has no summary`]] : [],
    )
  }

  /** Members of types that don't say what they are. */
  undocumentedMembers(names: readonly PublicName[]): string[] {
    return problems(names, (given) =>
      membersOf(given, this.#checker)
        .filter(({ symbol }) => summaryOf(symbol, this.#checker) === '')
        .map(({ symbol, declaration }) => [
          declaration,
          `${given.name}.${symbol.name} has no summary`,
        ]),
    )
  }

  /** Functions, classes and constants without an example that imports them. */
  withoutExample(names: readonly PublicName[]): string[] {
    return problems(names, ({ name, declaration, value }) => {
      if (value === null) return []
      const examples = tagsOf(declaration, 'example')
      if (examples.length === 0) return [[declaration, `the ${value} ${name} has no @example`]]
      const shows = (example: string): boolean =>
        /^```ts/mu.test(example) && new RegExp(`^import [^;]*\\b${name}\\b`, 'mu').test(example)
      return examples.some(shows)
        ? []
        : [[declaration, `no @example of ${name} imports it in a \`\`\`ts block`]]
    })
  }

  /** Errors of the packages' own that a docstring doesn't name, or not with their code. */
  undocumentedErrors(names: readonly PublicName[]): string[] {
    return problems(names, (given) =>
      callables(given, this.#checker).flatMap(({ name, declaration, said }) =>
        this.#errors
          .of(declaration)
          .filter((thrown) => !isTold(thrown, declaration, said))
          .map(({ type, code }): Found[number] => [
            declaration,
            `@throws of ${name} lacks ${type}${code ? ` \`${code}\`` : ''}`,
          ]),
      ),
    )
  }
}

function problems(of: readonly PublicName[], check: (name: PublicName) => Found): string[] {
  const found = of.flatMap((name) => check(name).map(([node, why]) => `${placeOf(node)}: ${why}`))
  return [...new Set(found)]
}

interface Callable {
  readonly name: string
  readonly declaration: ts.Declaration
  /** What its `@throws` say. */
  readonly said: string
}

/** What is called: the function, or the class's constructor, methods and accessors. */
function callables({ name, declaration }: PublicName, checker: ts.TypeChecker): Callable[] {
  const own = (node: ts.Node): string => tagsOf(node, 'throws').join('\n')
  if (ts.isFunctionDeclaration(declaration)) return [{ name, declaration, said: own(declaration) }]
  if (!ts.isClassDeclaration(declaration)) return []
  const constructors = declaration.members.filter(ts.isConstructorDeclaration).map((each) => ({
    name: `new ${name}`,
    declaration: each,
    said: `${own(each)}\n${own(declaration)}`,
  }))
  const members = membersOf({ declaration }, checker).map(({ symbol, declaration: each }) => ({
    name: `${name}.${symbol.name}`,
    declaration: each,
    said: inheritedTagsOf(symbol, 'throws', checker).join('\n'),
  }))
  return [...constructors, ...members]
}

function isTold({ type, code, file }: Thrown, declaration: ts.Declaration, said: string): boolean {
  // `as {@link other}` says it there
  if (/\bas \{@link/u.test(said)) return true
  // from afar, a code may be one that can't come of what is given there
  if (code !== null && file === declaration.getSourceFile().fileName) {
    return /\w+Error\b/u.test(said) && said.includes(`\`${code}\``)
  }
  return new RegExp(`\\b(?:${type}|BlueskyError)\\b`, 'u').test(said)
}
