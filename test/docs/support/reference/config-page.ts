import { configJsonSchema } from '@prompt-papermill/worker'

import { schemaSections } from './schema-sections.js'

const introduction = `# The config

Every key of \`worker.yml\`, made from the schema that the worker checks it with. The same as JSON Schema, for editors:
[config.schema.json](../../packages/worker/config.schema.json); with the YAML extension of VS Code, one line at the top of
the file is enough:

\`\`\`yaml no-check: a comment
# yaml-language-server: $schema=PATH/config.schema.json
\`\`\`

- \`templates\` and \`results\` are required. Everything else has a default.
- An unknown key is an error that names the nearest known one. \`prompt-papermill check -c worker.yml\` tells all that is
  wrong, each with its line.
- A **duration** is \`250ms\`, \`10s\`, \`30m\`, \`2h\` or \`7d\`; a **size** \`512B\`, \`64KiB\`, \`600MiB\` or \`4GiB\`.
- \`\${VAR}\` in a text is the environment variable; one that is not set is an error.
- Relative paths begin in the folder of \`worker.yml\`.
- In a title below, \`[]\` is an item of a list and \`NAME\` a name of your own.

After a change, reload or restart: [Operate](../how-to/operate.md#change-the-config) says what takes which. For rules and
their queries see [Write a rule](../how-to/write-a-rule.md).
`

/** docs/reference/config.md. */
export function configPage(): string {
  return `${introduction}\n${schemaSections(configJsonSchema(), 'At the top')}`
}
