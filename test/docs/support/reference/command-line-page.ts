import { vi } from 'vitest'

const introduction = `# The command line

What \`prompt-papermill --help\` says, and each command with \`--help\` behind it.

What is meant for programs goes to stdout, and nothing else does; logs and progress go to stderr. With \`--json\` stdout has one
JSON object a line.

| exit code | means                                                               |
| --------- | ------------------------------------------------------------------- |
| 0         | it is done                                                          |
| 1         | it is not; the message on stderr says why, and what to do           |
| 2         | wrong usage: no such command or flag, or a value that can't be used |

The environment variable \`DEBUG=1\` adds the stack to the message of an error that nobody foresaw.
`

/** docs/reference/command-line.md, from what the program's sources say. */
export async function commandLinePage(): Promise<string> {
  const top = await helpOf([])
  const listed = top.split(/^Commands:$/mu)[1] ?? ''
  const names = [...listed.matchAll(/^ {2}(?<name>[a-z][\w-]*)/gmu)].map(
    ({ groups }) => groups?.name ?? '',
  )
  const sections = [section('prompt-papermill', top)]
  for (const name of names.filter((each) => each !== 'help')) {
    sections.push(section(name, await helpOf([name])))
  }
  return [introduction, ...sections].join('\n')
}

function section(title: string, help: string): string {
  return `## ${title}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`
}

/** What the program prints for `--help`, 80 columns wide. */
async function helpOf(args: readonly string[]): Promise<string> {
  const { argv, exitCode } = process
  const printed: string[] = []
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text))
    return true
  })
  try {
    process.argv = [argv[0]!, 'prompt-papermill', ...args, '--help']
    // it looks at its arguments when it is loaded
    vi.resetModules()
    await import('../../../../packages/worker/src/cli.js')
  } finally {
    stdout.mockRestore()
    process.argv = argv
    process.exitCode = exitCode
  }
  return printed.join('')
}
