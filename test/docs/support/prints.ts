import ts from 'typescript'

/**
 * What an example says that a line of it prints: behind the call, `console.log(x) // [ 1, 2 ]`, or in the
 * comment lines right below it. `…` stands for anything; where a line prints several times, `, then ` or a
 * comment line each tell them apart. White space counts as one space.
 */
export interface Expected {
  /** The line on which the call ends, from 1. */
  readonly line: number
  /** One for each time that the line prints. */
  readonly alternatives: readonly (readonly string[])[]
}

interface Call {
  readonly callee: ts.Node
  readonly line: number
  readonly behind: string
}

const methods = new Set(['log', 'info', 'warn', 'error', 'debug'])

function printingCalls(source: ts.SourceFile): Call[] {
  const lines = source.text.split('\n')
  const calls: Call[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isConsole(node.expression)) {
      const end = source.getLineAndCharacterOfPosition(node.end)
      const behind = lines[end.line]!.slice(end.character)
      calls.push({ callee: node.expression, line: end.line + 1, behind })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return calls
}

function isConsole(node: ts.Node): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    node.expression.getText() === 'console' &&
    methods.has(node.name.text)
  )
}

/** What the comments of an example say that it prints. */
export function expectedPrints(code: string): Expected[] {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true)
  const lines = code.split('\n')
  const byLine = new Map<number, Expected>()
  for (const { line, behind } of printingCalls(source)) {
    const said = /\/\/\s?(?<said>.*)$/u.exec(behind)?.groups?.said
    if (said !== undefined) {
      byLine.set(line, { line, alternatives: [[said], said.split(', then ')] })
      continue
    }
    const below: string[] = []
    for (let at = line; /^\s*\/\//u.test(lines[at] ?? ''); at += 1) {
      below.push(lines[at]!.replace(/^\s*\/\/\s?/u, ''))
    }
    if (below.length > 0) byLine.set(line, { line, alternatives: [[below.join(' ')], below] })
  }
  return [...byLine.values()]
}

/** The example with each print told by its line, through what `run-example.mjs` has put up for that. */
export function withPrintsTold(code: string): string {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true)
  let told = code
  for (const { callee, line } of printingCalls(source).reverse()) {
    told = `${told.slice(0, callee.getStart())}__print(${line})${told.slice(callee.end)}`
  }
  return told
}

/**
 * Why what a line printed is not what was expected; null if it is.
 *
 * @param open - whether the line may go on to print more.
 */
export function misprint(
  { alternatives, line }: Expected,
  printed: readonly string[],
  open = false,
): string | null {
  const fits = alternatives.some(
    (texts) =>
      (open ? printed.length >= texts.length : printed.length === texts.length) &&
      texts.every((text, i) => matches(text, printed[i]!)),
  )
  if (fits) return null
  const wanted = alternatives.at(-1)!.join(', then ')
  const found = printed.length > 0 ? printed.map(normalized).join(', then ') : 'nothing'
  return `line ${line} is said to print\n    ${wanted}\nand prints\n    ${found}`
}

function matches(text: string, printed: string): boolean {
  const parts = normalized(text).split('…')
  const pattern = parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/gu, '\\$&')).join('.*')
  return new RegExp(`^${pattern}$`, 'su').test(normalized(printed))
}

function normalized(text: string): string {
  return text.replace(/\s+/gu, ' ').trim()
}
