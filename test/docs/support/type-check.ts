import { join } from 'node:path'

import ts from 'typescript'

import { root } from '../../support/python.js'

/** The compiler's options of the packages. */
export function strictOptions(): ts.CompilerOptions {
  const file = join(root, '.config/tsconfig.base.json')
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object }
  }
  const { options, errors } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  if (errors.length > 0) throw new Error(ts.formatDiagnostics(errors, formatting))
  return {
    ...options,
    composite: false,
    declaration: false,
    declarationMap: false,
    emitDeclarationOnly: false,
    noEmit: true,
    typeRoots: [join(root, 'node_modules/@types')],
  }
}

const formatting: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
}

/**
 * Type-checks files in one program, as strictly as the packages.
 *
 * @returns what is wrong with each: its line and message.
 */
export function typeCheck(files: readonly string[]): (file: string) => readonly string[] {
  const options = { ...strictOptions(), moduleDetection: ts.ModuleDetectionKind.Force }
  const program = ts.createProgram([...files], options)
  return (file) => {
    const source = program.getSourceFile(file)
    if (!source) throw new Error(`${file} was not checked`)
    return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start = 0 }) => {
      const { line } = source.getLineAndCharacterOfPosition(start)
      return `line ${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
    })
  }
}
