/**
 * The public surface of the packages as text, a report for each entry, in packages/NAME/api: a change of it shows in
 * the diff. `npm run api` writes them; `npm run api -- --check` says which are not current, with exit code 1.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'

import { at } from './lib/paths.mjs'

const packages = ['core', 'papermill-runner', 'worker']
const tempFolder = at('node_modules/.cache/api-reports')

/** The entries of a package, by what an import of them ends in. */
function entriesOf(name) {
  const { exports } = JSON.parse(readFileSync(at(`packages/${name}/package.json`), 'utf8'))
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path, { types }]) => ({ part: path === '.' ? name : `${name}-${path.slice(2)}`, types }))
}

/** Writes the report of one entry, or looks whether it is current. */
function report(name, { part, types }, isLocal) {
  const folder = at(`packages/${name}`)
  const reportFolder = join(folder, 'api')
  mkdirSync(reportFolder, { recursive: true })
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: join(folder, types),
      compiler: { tsconfigFilePath: join(folder, 'tsconfig.json') },
      apiReport: {
        enabled: true,
        reportFileName: `${part}.api.md`,
        reportFolder,
        reportTempFolder: tempFolder,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        // typedoc's to say, with the docs
        tsdocMessageReporting: { default: { logLevel: 'none' } },
        extractorMessageReporting: {
          default: { logLevel: 'error' },
          // no release tags here: what an index exports is public
          'ae-missing-release-tag': { logLevel: 'none' },
          'ae-undocumented': { logLevel: 'none' },
          'ae-forgotten-export': { logLevel: 'none' },
          'ae-unresolved-link': { logLevel: 'none' },
        },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  })
  return Extractor.invoke(config, { localBuild: isLocal, messageCallback: quieten })
}

/** Whether a report differs in nothing but the order of lines: that of inferred members is the compiler's whim. */
function isSame(name, file) {
  const lines = [join(tempFolder, file), at(`packages/${name}/api/${file}`)].map((path) =>
    existsSync(path) ? readFileSync(path, 'utf8').split('\n').sort().join('\n') : null,
  )
  return lines[0] !== null && lines[0] === lines[1]
}

/** What it says of itself, and of a report that changed, is said here. */
function quieten(message) {
  if (message.logLevel === 'error') return
  message.handled = true
}

const isCheck = process.argv.includes('--check')
mkdirSync(tempFolder, { recursive: true })
const changed = []
let failed = false
for (const name of packages) {
  for (const entry of entriesOf(name)) {
    const result = report(name, entry, !isCheck)
    const file = `${entry.part}.api.md`
    if (result.apiReportChanged && !(isCheck && isSame(name, file))) changed.push(file)
    if (result.errorCount > 0) failed = true
  }
}
if (isCheck && changed.length > 0) {
  console.error(
    `the public surface has changed: ${changed.join(', ')}. If that is meant, run \`npm run build\`, then \`npm run api\`, and commit packages/*/api with a changeset (npx changeset)`,
  )
  failed = true
} else if (changed.length > 0) {
  console.error(`written: ${changed.join(', ')}`)
}
process.exit(failed ? 1 : 0)
