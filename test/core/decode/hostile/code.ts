import { NDArray } from '../../../../packages/core/src/documents/values/ndarray.js'
import { OpaqueObject } from '../../../../packages/core/src/documents/values/opaque-object.js'
import { bytesOf } from '../../../support/bytes.js'
import { array, dtype, named, text, tuple } from '../../../support/pickle-parts.js'
import {
  delivered,
  dropped,
  framesOf,
  type HostileFrame,
  packedStartOf,
  startOf,
} from './hostile-frame.js'

const system = new OpaqueObject('os', 'system', ['exit 7'])
const callSystem = bytesOf(named('os', 'system'), tuple(text('exit 7')), 'R')
const evaluated = new OpaqueObject('builtins', 'eval', ['1+1'])
/** `__import__('os')`, and of that by getattr `system`. */
const imported = bytesOf(
  named('builtins', 'getattr'),
  bytesOf(named('builtins', '__import__'), tuple(text('os')), 'R'),
  text('system'),
  '\x86R',
)
const importedSystem = new OpaqueObject('builtins', 'getattr', [
  new OpaqueObject('builtins', '__import__', ['os']),
  'system',
])
/** Of print, until its state makes it one of os.system. */
const partial = new OpaqueObject(
  'functools',
  'partial',
  [new OpaqueObject('builtins', 'print')],
  [new OpaqueObject('os', 'system'), ['exit 7'], {}, {}],
)
const objects = dtype('O8', { order: '|' })
const pickled = bytesOf('\x80\x02cbuiltins\neval\nX\x03\0\0\x001+1\x85R.')

/** Pickles that have something called, imported or reached outside. */
export const code: readonly HostileFrame[] = [
  ...framesOf('pickle', [
    ['os.system by REDUCE', delivered(system), startOf(callSystem)],
    ['os.system instead of a document', dropped('invalid'), bytesOf('\x80\x04', callSystem, '.')],
    [
      'builtins.eval by GLOBAL',
      delivered(evaluated),
      startOf('cbuiltins\neval\n', tuple(text('1+1')), 'R'),
    ],
    ['builtins.eval by INST', delivered(evaluated), startOf('(', text('1+1'), 'ibuiltins\neval\n')],
    [
      'builtins.eval by OBJ',
      delivered(evaluated),
      startOf('(', named('builtins', 'eval'), text('1+1'), 'o'),
    ],
    [
      'a class by NEWOBJ',
      delivered(new OpaqueObject('subprocess', 'Popen', [['true']])),
      startOf(named('subprocess', 'Popen'), tuple(bytesOf(']', text('true'), 'a')), '\x81'),
    ],
    [
      'named arguments by NEWOBJ_EX',
      delivered(new OpaqueObject('subprocess', 'Popen', [{ args: 'true' }])),
      startOf(named('subprocess', 'Popen'), ')}', text('args'), text('true'), 's\x92'),
    ],
    [
      'a chain of calls, each of what the one before gave',
      delivered(new OpaqueObject('builtins', 'getattr.__call__', [importedSystem, 'exit 7'])),
      startOf(imported, tuple(text('exit 7')), 'R'),
    ],
    [
      'a state set by BUILD, and a call',
      delivered(new OpaqueObject('functools', 'partial.__call__', [partial])),
      startOf(
        bytesOf(named('functools', 'partial'), named('builtins', 'print'), '\x85R'),
        bytesOf('(', named('os', 'system'), tuple(text('exit 7')), '}}tb'),
        ')R',
      ),
    ],
    [
      'attributes set on a class by BUILD',
      delivered(new OpaqueObject('collections', 'OrderedDict')),
      startOf(named('collections', 'OrderedDict'), '}', text('copy'), 'Nsb'),
    ],
    [
      'a codec that unpacks or rewrites',
      delivered(new OpaqueObject('_codecs', 'encode', ['payload', 'rot13'])),
      startOf(named('_codecs', 'encode'), tuple(text('payload'), text('rot13')), 'R'),
    ],
    [
      'a class of JavaScript by name',
      delivered(new OpaqueObject('constructor', 'constructor', ['return process'])),
      startOf(named('constructor', 'constructor'), tuple(text('return process')), 'R'),
    ],
    ['a persistent id', dropped('bad-payload'), startOf('Pid\n')],
    ['a persistent id on the stack', dropped('bad-payload'), startOf('K\x01Q')],
    ['the extension registry', dropped('bad-payload'), startOf('\x82\x01')],
    ['the extension registry, by four bytes', dropped('bad-payload'), startOf('\x84\x01\0\0\0')],
    ['a buffer sent apart', dropped('bad-payload'), startOf('\x97')],
    [
      'a call inside of an object array',
      delivered(new NDArray('|O', [1], [system])),
      startOf(array(objects, [1], bytesOf(']', callSystem, 'a'))),
    ],
  ]),
  ...framesOf('msgpack', [
    [
      'a pickle that calls, in MessagePack',
      delivered(evaluated),
      packedStartOf(
        '\x85\xc4\x02nd\xc3\xc4\x04type\xa2|O\xc4\x04kind\xc4\x01O\xc4\x05shape\x90\xc4\x04data\xc4',
        Uint8Array.of(pickled.length),
        pickled,
      ),
    ],
    [
      'an extension type',
      delivered(new OpaqueObject('msgpack', 'ExtType', [5, Uint8Array.of(1)])),
      packedStartOf('\xd4\x05\x01'),
    ],
  ]),
]
