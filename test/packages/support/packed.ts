import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { execa } from 'execa'

import { root } from '../../support/python.js'

/** The packages, in the order in which they build on each other. */
export const packages = ['core', 'papermill-runner', 'worker'] as const

/** What npm is asked everywhere here: nothing but what is needed, from its cache where it can. */
const quietly = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']

/** Packs the packages as they would be published; gives the tarballs' paths. */
export async function packAll(folder: string): Promise<readonly string[]> {
  for (const name of packages) {
    await execa('npm', ['pack', '--pack-destination', folder, '--loglevel=error'], {
      cwd: join(root, 'packages', name),
    })
  }
  return packages.map((name) => join(folder, tarballOf(folder, name)))
}

function tarballOf(folder: string, name: string): string {
  const found = readdirSync(folder).find((file) => file.startsWith(`prompt-papermill-${name}-`))
  if (!found) throw new Error(`npm pack made no tarball of ${name}`)
  return found
}

/** A Node to run with: its binary, and the folder of its headers. */
export interface NodeRelease {
  readonly major: number
  readonly binary: string
  /** Undefined for the one that runs the tests. */
  readonly folder: string | undefined
}

/** Node of another major version, from npm; the one that runs the tests where it is that. */
export async function nodeOf(major: number, folder: string): Promise<NodeRelease> {
  if (process.versions.node.startsWith(`${major}.`)) {
    return { major, binary: process.execPath, folder: undefined }
  }
  const name = `node-${process.platform}-${process.arch}`
  const prefix = join(folder, `node-${major}`)
  await mkdir(prefix, { recursive: true })
  await execa('npm', ['install', '--prefix', prefix, `${name}@${major}`, ...quietly])
  const installed = join(prefix, 'node_modules', name)
  return { major, binary: join(installed, 'bin/node'), folder: installed }
}

/** An empty project in which tarballs are installed, as a user does. */
export class Project {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async make(folder: string): Promise<Project> {
    mkdirSync(folder)
    const manifest = { name: 'a-users-project', private: true, type: 'module' }
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
    return new Project(folder)
  }

  /** Installs packages without their install scripts, which compile for a minute. */
  async install(...what: readonly string[]): Promise<void> {
    await execa('npm', ['install', '--ignore-scripts', ...quietly, ...what], { cwd: this.folder })
  }

  /** Compiles what has to be compiled for a Node. */
  async compileFor({ folder, binary }: NodeRelease): Promise<void> {
    const path = folder ? `${join(binary, '..')}:${process.env.PATH}` : process.env.PATH
    const nodedir = folder ? { npm_config_nodedir: folder } : {}
    await execa('npm', ['rebuild', 'better-sqlite3', '--loglevel=error'], {
      cwd: this.folder,
      env: { PATH: path, ...nodedir },
    })
  }

  /** Takes what was compiled for the checkout's own Node, in place of compiling it once more. */
  copyCompiled(): void {
    const from = join(root, 'node_modules/better-sqlite3/build')
    const beside = join(root, 'packages/worker/node_modules/better-sqlite3/build')
    const build = existsSync(from) ? from : beside
    cpSync(build, join(this.folder, 'node_modules/better-sqlite3/build'), { recursive: true })
  }

  /** The names of all packages that were installed. */
  installed(): readonly string[] {
    const modules = join(this.folder, 'node_modules')
    return readdirSync(modules)
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) =>
        name.startsWith('@')
          ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`)
          : [name],
      )
      .sort()
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.folder, name), text)
  }

  /** Runs a program of the project; gives what it said. */
  async run(node: NodeRelease, ...args: readonly string[]): Promise<string> {
    const { stdout } = await execa(node.binary, args, { cwd: this.folder, stdin: 'ignore' })
    return stdout
  }

  /** Checks its types with the settings that a strict project has, declarations of packages included. */
  async checkTypes(): Promise<string> {
    const compilerOptions = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      outDir: 'out',
      types: ['node'],
    }
    await this.write({ 'tsconfig.json': JSON.stringify({ compilerOptions, include: ['*.ts'] }) })
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { all } = await execa(process.execPath, [tsc, '-p', '.'], {
      cwd: this.folder,
      reject: false,
      all: true,
    })
    return all
  }
}
