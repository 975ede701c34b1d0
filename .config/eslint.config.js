// @ts-check
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { createNodeResolver, flatConfigs } from 'eslint-plugin-import-x'
import tseslint from 'typescript-eslint'

/**
 * The stages of core, in the direction in which data moves: a stage may import what stands before it and
 * nothing behind it. `index.ts`, `documents.ts`, `testing.ts`, `tiled.ts` and
 * `kafka.ts` compose them.
 */
const stages = [
  'errors',
  'documents',
  'decode',
  'source',
  'transport',
  'run',
  'actions',
  'rules',
  'jobs',
  'router',
  'on-disk',
  'testing',
]

/** The stages that need Node; all others run in a browser as well. */
const nodeStages = ['source', 'transport', 'on-disk', 'testing']
const browserStages = stages.filter((stage) => !nodeStages.includes(stage))

/** The folders of the runner, in the same order. */
const runnerFolders = ['process', 'execute', 'action', 'pool']

/** The folders of the worker, and the files that wire them, in the same order. `page` runs in the browser. */
const workerParts = [
  'config',
  'log',
  'ledger',
  'results',
  'alarm',
  'readiness',
  'rules',
  'queue',
  'catch-up',
  'sources',
  'replay',
  'retention',
  'health',
  'webhooks',
  'metrics',
  'worker-contract.ts',
  'operations',
  'http',
  'control',
  'api',
  'page-server',
  'watching.ts',
  'worker.ts',
  'executor.ts',
  'commands',
  'page',
]

/** The packages, in the same order. */
const packages = ['core', 'papermill-runner', 'worker']

const basePath = fileURLToPath(new URL('..', import.meta.url))
const core = 'packages/core/src'

/** Zones in which each part may import those before it. A folder that has no place yet is an error. */
function zonesInOrder(source, parts) {
  const entries = readdirSync(`${basePath}/${source}`, { withFileTypes: true })
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    if (!parts.includes(name)) {
      throw new Error(
        `${source}/${name} is in no place of the flow yet: add it to .config/eslint.config.js`,
      )
    }
  }
  return parts.slice(0, -1).map((part, index) => ({
    target: `./${source}/${part}`,
    from: parts.slice(index + 1).map((later) => `./${source}/${later}`),
    message: `${part} comes before it: data moves one way, and a part knows only those before it.`,
  }))
}

const flowZones = [
  ...zonesInOrder(core, stages),
  ...zonesInOrder('packages/papermill-runner/src', runnerFolders),
  ...zonesInOrder('packages/worker/src', workerParts),
]
const composerZones = stages.map((stage) => ({
  target: `./${core}/${stage}`,
  from: ['index', 'documents', 'testing', 'tiled', 'kafka'].map(
    (composer) => `./${core}/${composer}.ts`,
  ),
  message:
    'This file composes the stages, so no stage can use it: import from where it is written.',
}))
const browserZones = [...browserStages, 'documents.ts'].map((target) => ({
  target: `./${core}/${target}`,
  from: nodeStages.map((stage) => `./${core}/${stage}`),
  message: 'That needs Node, and this has to run in a browser.',
}))
const packageZones = packages.slice(0, -1).map((name, index) => ({
  target: `./packages/${name}`,
  from: packages.slice(index + 1).map((later) => `./packages/${later}`),
  message: `${name} comes before it: a package knows only the packages before it.`,
}))

/** Packages by name may not be imported from themselves either: that would go through `dist`. */
const packageImports = packages.map((name, index) => ({
  files: [`packages/${name}/src/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: packages.slice(index).map((later) => `@prompt-papermill/${later}*`),
            message: 'A package knows only the packages before it, and itself by relative paths.',
          },
        ],
      },
    ],
  },
}))

/** What is wrong in any JavaScript. For TypeScript, typescript-eslint has its own and the compiler the rest. */
const soundness = Object.fromEntries(
  [
    ...['eqeqeq', 'no-cond-assign', 'no-constant-condition', 'no-dupe-else-if', 'no-empty'],
    ...['no-fallthrough', 'no-self-assign', 'no-self-compare', 'no-sparse-arrays'],
    ...['no-template-curly-in-string', 'no-throw-literal', 'no-unreachable-loop'],
    ...['no-unsafe-finally', 'no-useless-escape', 'no-var', 'prefer-const'],
  ].map((rule) => [rule, 'error']),
)

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/.venv/',
      '.demo/',
      'coverage/',
      'docs/api/',
      'packages/core/src/documents/generated/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { rules: soundness },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    plugins: flatConfigs.typescript.plugins ?? {},
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({
          extensionAlias: { '.js': ['.ts', '.js'] },
          conditionNames: ['import'],
        }),
      ],
    },
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        { basePath, zones: [...flowZones, ...composerZones, ...browserZones, ...packageZones] },
      ],
      'import-x/no-default-export': 'error',
    },
  },
  ...packageImports,
  {
    files: [...browserStages.map((stage) => `${core}/${stage}/**`), `${core}/documents.ts`],
    rules: {
      'import-x/no-nodejs-modules': 'error',
      'no-restricted-globals': ['error', 'Buffer', 'process', 'global', 'require', 'setImmediate'],
    },
  },
  {
    files: browserStages.map((stage) => `${core}/${stage}/**`),
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@prompt-papermill/*'],
              message: 'core knows no other package, and itself by relative paths.',
            },
            { group: ['zeromq', 'zeromq/*'], message: 'This has to run in a browser.' },
          ],
        },
      ],
    },
  },
  {
    // what a tool loads by its default export: configs, and modules that export an Action
    files: [
      '**/*.config.{js,ts}',
      'packages/worker/{demo,deploy}/**',
      'test/fixtures/**',
      'docs/examples/**',
    ],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    // a test may take apart what it likes
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // no package's program, so that there are no types to check by
    files: ['**/*.config.ts', '.config/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortSignal',
          'Blob',
          'Buffer',
          'FormData',
          'URL',
          'clearInterval',
          'console',
          'fetch',
          'process',
          'setInterval',
          'setTimeout',
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: {
      'no-undef': 'error',
      'no-unreachable': 'error',
      'no-unused-vars': ['error', { varsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
)
