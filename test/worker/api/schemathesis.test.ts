import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { execa } from 'execa'
import { describe, expect, it } from 'vitest'

import { openBeamline, token } from '../page/beamline.ts'
import { python } from '../../support/python.ts'

const schemathesis = join(dirname(python), 'schemathesis')

describe.skipIf(!existsSync(schemathesis))(
  'Schemathesis, with what OpenAPI says of the API,',
  () => {
    it('finds no error of the server, and no answer that is not as it says', async () => {
      const beamline = await openBeamline({ rules: quickly })
      beamline.run('quick', { uid: 'run-1' })
      beamline.run('broken', { uid: 'run-2' })
      await beamline.worker.router.settled()
      const checks =
        'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance'
      const { exitCode, stdout, stderr } = await execa(
        schemathesis,
        [
          'run',
          `${beamline.url}/api/v1/openapi.json`,
          // it never ends
          ...['--exclude-path', '/events'],
          ...['--checks', checks, '--max-examples', '15', '--seed', '1'],
          ...['--header', `Authorization: Bearer ${token}`],
          ...['--request-timeout', '20', '--no-color'],
        ],
        {
          reject: false,
          cwd: beamline.folder,
          env: { HYPOTHESIS_STORAGE_DIRECTORY: beamline.folder },
        },
      )
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
      expect(stdout).toMatch(/\d+ generated/u)
      expect(beamline.lines.filter(({ level }) => level >= 50)).toEqual([])
    }, 240_000)
  },
)

/** Every run is acted on, by a notebook and fast. */
const quickly = [{ name: 'all', when: {}, notebooks: [{ template: 'quick.ipynb' }] }]
