import { ConfigError, parseConfig } from '@prompt-papermill/worker'
import { describe, expect, it } from 'vitest'

import { checkPython } from '../../../packages/worker/src/commands/check/python.ts'
import { python } from '../../support/python.ts'

const parse = (notebook: string, environment: NodeJS.ProcessEnv = {}, top = '') =>
  parseConfig(
    `templates: t\nresults: r\n${top}\nrules: [{ name: a, when: {}, notebooks: [{ template: b.ipynb, ${notebook} }] }]\n`,
    '/opt/papermill/worker.yml',
    environment,
  )

describe('a launcher in the config', () => {
  it('is a list of words, of which the first is a program as others are', () => {
    const config = parse('html: true', {}, 'launcher: [bin/launch, --mem=8G, "two words"]')
    expect(config.launcher).toEqual(['/opt/papermill/bin/launch', '--mem=8G', 'two words'])
    expect(parse('html: true').launcher).toEqual([])
    expect(parse('html: true', {}, 'limits: { launch: 4h }').limits.launch).toBe(4 * 3_600_000)
  })

  it.each([
    ['launcher: srun -n1', /launcher: must be a list of words, such as \[srun, --ntasks=1\]/],
    ['launcher: [srun, ""]', /launcher\[1\]: must be a word of the command/],
  ])('is refused as %s', (text, message) => {
    expect(() => parse(text)).toThrow(message)
  })

  it('is used by check', async () => {
    const { facts } = await checkPython(python, ['env', 'A=b'])
    expect(facts?.kernels).toContain('python3')
    const { results } = await checkPython(python, ['no-such-launcher'])
    expect(results[0]?.message).toMatch(/^there is no no-such-launcher; install it, or change/)
  })
})

describe('secrets in the config', () => {
  it('are taken from variables that no notebook is given otherwise', () => {
    const secrets = `secrets: { A: "\${ONE}", B: "Bearer \${TWO}", C: "$\${NOT}" }`
    const config = parse(secrets, { ONE: '1', TWO: '2', NOT: '3', THREE: '4' })
    expect(config.rules?.[0]?.notebooks?.[0]?.secrets).toEqual({
      A: '1',
      B: 'Bearer 2',
      C: `$\{NOT}`,
    })
    expect(config.kernels.env).toStrictEqual({ ONE: undefined, TWO: undefined })
  })

  it('are all that the worker signs in with elsewhere, or is signed in to with', () => {
    const environment = { TOKEN: 'sixteen characters', AUTH: 'me', PLAIN: 'count' }
    const wait = `wait: { http: "http://localhost/", headers: { authorization: "\${AUTH}" } }`
    const http = `http: { token: "\${TOKEN}" }`
    const config = parse(`name: "\${PLAIN}", ${wait}`, environment, http)
    expect(config.kernels.env).toStrictEqual({ TOKEN: undefined, AUTH: undefined })
  })

  it.each([
    ['secrets: { A-B: hidden }', /secrets.*must be the name of an environment variable/],
    ['secrets: { A: [hidden] }', /secrets\.A: must be a text/],
    ['secrets: { A: "" }', /secrets\.A: must not be empty/],
    [`secrets: { A: "\${UNSET}hidden" }`, /the environment variable UNSET is not set/],
  ])('are refused as %s, without their values', (text, message) => {
    let error: unknown
    try {
      parse(text)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).message).toMatch(message)
    expect((error as ConfigError).message).not.toContain('hidden')
  })
})
