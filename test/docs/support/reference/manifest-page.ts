import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../../../support/python.js'
import type { JsonSchema } from './json-schema.js'
import { schemaSections } from './schema-sections.js'

const introduction = `# The manifest

Each attempt leaves \`manifest.json\` in its folder. It is written last, and by rename: **where it is, the attempt has finished**,
and everything it lists is there. It is strict JSON. Its schema is
[manifest.schema.json](manifest.schema.json); the tests hold real manifests against it.

Parameters that JSON has no form for are in a lossless form: NaN is \`{"__float__": "nan"}\`, a datetime
\`{"__datetime__": "…"}\` ([why](../decisions/0010-manifest-json.md)). \`fromLosslessJson\` of \`@prompt-papermill/core\` gives the
values back. An action of your own adds what it returns as \`details\`, under names that are not in the table.

\`jq\` and Python's \`json\` read it as it is:

\`\`\`sh
jq '{uid, state, reason, message, template_sha256}' attempt-1/manifest.json
\`\`\`

\`\`\`python
import hashlib
import json
from pathlib import Path

folder = Path("attempt-1")
manifest = json.loads((folder / "manifest.json").read_text())
for artifact in manifest["artifacts"]:
    content = (folder / artifact["name"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == artifact["sha256"], artifact["name"]
\`\`\`

Of a notebook that succeeded:

\`\`\`json
{
  "manifest_version": 1,
  "job": "d0cd44d8-b98a20103bbd",
  "rule": "default",
  "entry": "scan",
  "action": "papermill",
  "attempt": 1,
  "uid": "d0cd44d8-c04c-4906-b785-00b695fabce2",
  "plan_name": "scan",
  "scan_id": 1,
  "exit_status": "success",
  "start_digest": "c7b89a102755a44b0598d901cc75e3c193473ff183f5e748e480a1ab83d1db89",
  "template": "/opt/papermill/templates/scan.ipynb",
  "parameters": {
    "uid": "d0cd44d8-c04c-4906-b785-00b695fabce2",
    "results_dir": "/opt/papermill/results/scan/2026-11-23/1_d0cd44d8/default/scan/attempt-1",
    "documents": "/opt/papermill/state/documents/d0cd44d8-c04c-4906-b785-00b695fabce2.jsonl"
  },
  "host": "beamline-1",
  "queued_at": "2026-11-23T23:55:07.099Z",
  "started_at": "2026-11-23T23:55:07.105Z",
  "finished_at": "2026-11-23T23:55:07.508Z",
  "state": "succeeded",
  "reason": null,
  "message": null,
  "evidence": null,
  "artifacts": [
    {
      "name": "log.txt",
      "size": 400,
      "sha256": "14c0ba0fc5cdd13c4bc04d6f7fa04d6bbb59690ec649d99214d4821e8301d5e5"
    },
    {
      "name": "scan.ipynb",
      "size": 42096,
      "sha256": "6dd026bf46435f3a1ba17a8b9c1efda645c2e6ce917eb5deaea8a29773291e76"
    },
    {
      "name": "scan.png",
      "size": 28576,
      "sha256": "f6cbad4696c4fb75edb5f64bf95ecd1f1bc47dc722ce73d724c1af8f5d189125"
    }
  ],
  "artifacts_truncated": false,
  "template_sha256": "8180eecf2a9695aee1ae1840ecde2c64fabc5abef2f1aca35c45f65cafd07798",
  "kernel": {
    "name": "python3",
    "language": "python"
  },
  "cells": {
    "total": 4,
    "executed": 4
  },
  "cell_seconds": [
    0.006,
    0.005,
    0.009,
    0.31
  ],
  "python": {
    "path": "/opt/conda_envs/papermill-worker/bin/python",
    "version": "3.11.7"
  },
  "packages": {
    "papermill": "2.7.0",
    "nbclient": "0.11.0",
    "nbformat": "5.11.1"
  }
}
\`\`\`
`

/** The schema that the page shows. */
export function manifestSchema(): JsonSchema {
  const path = join(root, 'docs/reference/manifest.schema.json')
  return JSON.parse(readFileSync(path, 'utf8')) as JsonSchema
}

/** docs/reference/manifest.md. */
export function manifestPage(): string {
  return `${introduction}\n${schemaSections(manifestSchema(), 'Fields')}`
}
