import { join } from 'node:path'

import { execa } from 'execa'

import { cli } from '../../support/command-line.js'
import { root } from '../../support/python.js'
import type { Block } from './blocks.js'

/** What the program says of itself: each command's flags, and those of the program under the empty name. */
export type Known = ReadonlyMap<string, ReadonlySet<string>>

/** Asks the built program for its commands and their flags. */
export async function knownCommands(): Promise<Known> {
  const help = await helpOf([])
  const listed = help.split(/^Commands:$/mu)[1] ?? ''
  const names = [...listed.matchAll(/^ {2}(?<name>[a-z][\w-]*)/gmu)].map(
    ({ groups }) => groups?.name ?? '',
  )
  const commands = await Promise.all(
    names
      .filter((name) => name !== 'help')
      .map(async (name) => [name, flagsIn(await helpOf([name]))] as const),
  )
  return new Map([['', flagsIn(help)], ...commands])
}

async function helpOf(args: readonly string[]): Promise<string> {
  const { stdout } = await execa(process.execPath, [cli, ...args, '--help'], { cwd: root })
  return stdout
}

function flagsIn(help: string): Set<string> {
  const lines = help.split('\n').filter((line) => /^ {2}-/u.test(line))
  return new Set(lines.flatMap((line) => line.match(/(?<=^ {2}|, )--?[A-Za-z][\w-]*/gu) ?? []))
}

/** A command as it is shown, and the line of its file. */
export interface Shown {
  readonly file: string
  readonly line: number
  readonly args: readonly string[]
}

const program = /(?:^|\s)(?:prompt-papermill|\S*dist\/cli\.js)(?<args>(?:\s.*)?)$/u
const shells = new Set(['sh', 'bash', 'shell', 'console'])

/** The program's command lines in the blocks of pages. */
export function commandsIn(blocks: readonly Block[]): Shown[] {
  return blocks
    .filter(({ language }) => shells.has(language))
    .flatMap(({ file, line, code, language }) =>
      code
        .replaceAll('\\\n', ' \u0000')
        .split('\n')
        // of a console only what is typed
        .map((text) =>
          language === 'console' ? (/^[$#] (?<typed>.*)$/u.exec(text)?.[1] ?? '') : text,
        )
        .flatMap((text, i) => commandsOn(text).map((args) => ({ file, line: line + i, args }))),
    )
}

/** The program's command lines in the running text of a page, set as code: `` `prompt-papermill jobs` ``. */
export function commandsInText(file: string, text: string): Shown[] {
  return text
    .split('\n')
    .flatMap((content, i) =>
      [...content.matchAll(/(?<!`)`(?<code>prompt-papermill [^`]+)`(?!`)/gu)].flatMap(
        ({ groups }) => commandsOn(groups?.code ?? '').map((args) => ({ file, line: i + 1, args })),
      ),
    )
}

/** The arguments of each command on a line of shell. */
function commandsOn(line: string): (readonly string[])[] {
  return line
    .replaceAll('\u0000', ' ')
    .replace(/(?:^|\s)#.*$/u, '')
    .split(/\|\|?|&&|;|(?:^|\s)[<>]/u)
    .flatMap((part) => {
      const args = program.exec(part.trimEnd())?.groups?.args
      return args === undefined ? [] : [args.match(/"[^"]*"|'[^']*'|\S+/gu) ?? []]
    })
}

/** Why a command line is none of the program's; null if it is one. */
export function commandProblem({ args }: Shown, known: Known): string | null {
  const [name = ''] = args
  if (name === '' || name.startsWith('-')) return flagProblem('', args, known)
  // `npm install` of the package, or its name in a sentence
  if (!known.has(name))
    return `there is no command ${name}; there are ${[...known.keys()].filter(Boolean).join(', ')}`
  return flagProblem(name, args.slice(1), known)
}

function flagProblem(name: string, args: readonly string[], known: Known): string | null {
  const flags = known.get(name) ?? new Set()
  const wrong = args
    .filter((arg) => /^--?[A-Za-z]/u.test(arg))
    .map((arg) => arg.split('=')[0]!)
    .filter((flag) => !flags.has(flag))
  if (wrong.length === 0) return null
  return `${name || 'the program'} has no ${wrong.join(', ')}; it has ${[...flags].join(', ')}`
}

/** The npm scripts that a page says to run, with their lines. */
export function scriptsIn(
  file: string,
  text: string,
): { file: string; line: number; name: string }[] {
  return text
    .split('\n')
    .flatMap((content, i) =>
      [...content.matchAll(/\bnpm (?:run (?<script>[a-z][\w:-]*)|(?<own>test|start)\b)/gu)].map(
        ({ groups }) => ({ file, line: i + 1, name: groups?.script ?? groups?.own ?? '' }),
      ),
    )
}

/** The checkout's own `package.json`. */
export const packageFile = join(root, 'package.json')
