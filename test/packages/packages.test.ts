import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'

import { root } from '../support/python.js'
import { temporaryFolderOfFile } from '../support/temporary-folder.js'
import { nodeOf, packAll, packages, Project } from './support/packed.js'
import { action, config, program } from './support/users-program.js'

/** Compiles the native parts for each Node, as a user's install does: minutes. `npm run packages` does. */
const inFull = process.env.PROMPT_PAPERMILL_PACKAGES === 'full'
const folder = temporaryFolderOfFile()
let tarballs: readonly string[]

beforeAll(async () => {
  mkdirSync(join(folder, 'tarballs'))
  tarballs = await packAll(join(folder, 'tarballs'))
})

describe.each(packages.map((name, i) => [name, i] as const))('the package %s', (_, i) => {
  const bin = (name: string): string => join(root, 'node_modules/.bin', name)

  it('is what publint asks for', async () => {
    const { stdout } = await execa(bin('publint'), [tarballs[i] as string, '--strict'])
    expect(stdout).toContain('All good!')
  })

  it('has types that resolve wherever ES modules do, by attw', async () => {
    const args = [tarballs[i] as string, '--profile', 'esm-only', '--no-emoji']
    const { exitCode } = await execa(bin('attw'), args, { reject: false })
    expect(exitCode).toBe(0)
  })

  it('has its licence, its README, and no source of tests', async () => {
    const { stdout } = await execa('tar', ['tzf', tarballs[i] as string])
    const files = stdout.split('\n')
    expect(files).toContain('package/LICENSE')
    expect(files).toContain('package/README.md')
    expect(files.filter((file) => /\.test\.|\.tsbuildinfo$/u.test(file))).toEqual([])
  })
})

it('core alone brings zeromq, four small libraries, and nothing optional', async () => {
  const project = await Project.make(join(folder, 'core-alone'))
  await project.install(tarballs[0] as string)
  expect(project.installed()).toEqual([
    '@prompt-papermill/core',
    // zeromq's own, to be compiled with
    'cmake-ts',
    'eventemitter3',
    'lossless-json',
    'node-addon-api',
    'sift',
    'tslib',
    'zeromq',
  ])
  const { stdout } = await execa('du', ['-sm', 'node_modules'], { cwd: project.folder })
  // 34 of them are zeromq's, for six platforms
  expect(Number.parseInt(stdout, 10)).toBeLessThan(60)
})

describe('a project that installs all three from their tarballs', () => {
  let project: Project

  beforeAll(async () => {
    project = await Project.make(join(folder, 'project'))
    await project.install(...tarballs, '@types/node@20')
    const { messages } = makeRunDocuments({ plan_name: 'count' })
    const recording = messages.map(({ name, doc }) => JSON.stringify([name, doc])).join('\n')
    await project.write({
      'action.ts': action,
      'program.ts': program,
      'worker.yml': config,
      'run.jsonl': recording,
      'start.json': JSON.stringify(messages[0]?.doc),
      'stop.json': JSON.stringify(messages.at(-1)?.doc),
    })
    mkdirSync(join(project.folder, 'templates'))
  })

  it('can check the types of its action and its program, also those of the packages', async () => {
    expect(await project.checkTypes()).toBe('')
  })

  const timeout = inFull ? 900_000 : 60_000
  it.each([20, 22, 24])('runs them and the command on Node %i', { timeout }, async (major) => {
    const node = await nodeOf(major, folder)
    const cli = 'node_modules/.bin/prompt-papermill'
    expect(await project.run(node, 'out/program.js')).toBe('[["succeeded"],true,2]')
    expect(await project.run(node, 'out/program.js', 'run.jsonl')).toBe('[["succeeded"],true,2]')
    expect(await project.run(node, cli, '--version')).toMatch(/^\d+\.\d+\.\d+$/u)
    const explain = ['explain', '-c', 'worker.yml', '--start', 'start.json', '--stop', 'stop.json']
    const explained = await project.run(node, cli, ...explain, '--json')
    expect(JSON.parse(explained)).toMatchObject({ rules: [{ rule: 'counted', matched: true }] })
    if (inFull) await project.compileFor(node)
    else if (node.folder === undefined) project.copyCompiled()
    else return
    await project.run(node, cli, 'replay', 'run.jsonl', '-c', 'worker.yml', '--rerun')
    const [line = ''] = (await project.run(node, cli, 'jobs', '-c', 'worker.yml', '--json')).split(
      '\n',
    )
    const job = JSON.parse(line) as { state: string; results_dir: string }
    expect(job.state).toBe('succeeded')
    expect(await readFile(join(job.results_dir, 'entry.txt'), 'utf8')).toMatch(/^beamline: scan /u)
  })
})
