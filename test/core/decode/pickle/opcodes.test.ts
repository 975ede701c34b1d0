import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../packages/core/src/decode/decoders.js'
import {
  canonicalJson,
  fromLosslessJson,
} from '../../../../packages/core/src/documents/values/lossless-json.js'
import { bytesOf, codeThrownBy, uint32, uint64 } from '../../../support/bytes.js'
import { pickleOf } from '../../../support/pickle-parts.js'
import { runFixture } from '../../../support/python-cases.js'

/** Pickles written by hand. Python is asked what each one is; a list keeps None apart from a refusal. */
const pickles: readonly (readonly [name: string, pickle: Uint8Array])[] = [
  // protocol 0
  ['INT', bytesOf('(I0\nI1\nI-1\nI+5\nI 7\nI9007199254740993\nI-9223372036854775809\nl.')],
  ['INT of booleans', bytesOf('(I00\nI01\nl.')],
  ['INT of other bases', bytesOf('(I0x1F\nI-0x10\nI010\nl.')],
  ['INT of nothing', bytesOf('(I\nl.')],
  ['INT of a word', bytesOf('(Ione\nl.')],
  ['INT of an octal 8', bytesOf('(I08\nl.')],
  ['LONG', bytesOf('(L0L\nL-5L\nL7\nL1180591620717411303424L\nL-0x10L\nl.')],
  ['LONG of two Ls', bytesOf('(L5LL\nl.')],
  ['LONG of nothing', bytesOf('(LL\nl.')],
  ['LONG with a zero before', bytesOf('(L012L\nl.')],
  ['FLOAT', bytesOf('(F1.5\nF-0.0\nF1e5\nF.5\nF5.\nFnan\nFinf\nF-inf\nFInfinity\nF1e-400\nl.')],
  ['FLOAT that is too large', bytesOf('(F1e400\nl.')],
  ['FLOAT with a blank', bytesOf('(F 1\nl.')],
  ['FLOAT of nothing', bytesOf('(F\nl.')],
  ['FLOAT of an unfinished exponent', bytesOf('(F1e\nl.')],
  ['FLOAT of hexadecimal digits', bytesOf('(F0x10\nl.')],
  ['STRING', bytesOf(`(S'a'\nS"b"\nS''\nS'it"s'\nl.`)],
  ['STRING with escapes', bytesOf(String.raw`(S'\a\b\f\n\r\t\v\\\'\"\0\7\101\x41\q'` + '\nl.')],
  ['STRING with an octal escape of four', bytesOf(String.raw`(S'\1012'` + '\nl.')],
  ['STRING beyond ASCII', bytesOf(String.raw`(S'\xff'` + '\nl.')],
  ['STRING of an octal escape beyond ASCII', bytesOf(String.raw`(S'\777'` + '\nl.')],
  ['STRING with half an escape', bytesOf(String.raw`(S'\x4'` + '\nl.')],
  ['STRING that ends in a backslash', bytesOf("(S'\\'\nl.")],
  ['STRING without quotes', bytesOf('(Sab\nl.')],
  ['STRING of one quote', bytesOf("(S'\nl.")],
  ['STRING of two different quotes', bytesOf(`(S'a"\nl.`)],
  ['UNICODE', bytesOf('(Va\nV\nVna\xefve\nl.')],
  ['UNICODE with escapes', bytesOf(String.raw`(V\u2603\U0001f9ea\u005c\u000a` + '\nl.')],
  ['UNICODE with lone surrogates', bytesOf(String.raw`(V\ud800\udc00a\udfff` + '\nl.')],
  ['UNICODE with backslashes of no meaning', bytesOf('(V\\\nV\\\\u0041\nV\\n\\x41\nVa\\\nl.')],
  ['UNICODE with half an escape', bytesOf(String.raw`(V\u26` + '\nl.')],
  ['UNICODE beyond Unicode', bytesOf(String.raw`(V\U00110000` + '\nl.')],
  ['GET and PUT', bytesOf('((lp5\nI1\nag5\nt.')],
  ['GET of nothing', bytesOf('(g5\nl.')],
  ['LIST and DICT and TUPLE', bytesOf("((I1\nlI2\n(I3\nt(S'k'\nI4\ndl.")],
  ['DICT of an odd number', bytesOf("((S'k'\ndl.")],
  ['a line that does not end', bytesOf('(I5')],
  // protocol 1 and 2
  ['BINSTRING', pickleOf('(T', uint32(2), 'abU\x01ct')],
  ['BINSTRING beyond ASCII', pickleOf('(T', uint32(1), '\xfft')],
  ['BINFLOAT', pickleOf('(G\x3f\xf8\0\0\0\0\0\0G\x80\0\0\0\0\0\0\0t')],
  ['BININT', pickleOf('(J\xff\xff\xff\xffJ\0\0\0\x80M\xff\xffK\xfft')],
  [
    'LONG1',
    pickleOf(
      '(\x8a\0\x8a\x01\xff\x8a\x02\0\x80\x8a\x07\0\0\0\0\0\0\x20\x8a\x08\0\0\0\0\0\0\0\x80t',
    ),
  ],
  ['LONG4', pickleOf('(\x8b', uint32(0), '\x8b', uint32(9), '\0\0\0\0\0\0\0\0\x40t')],
  [
    'BINPUT, LONG_BINPUT and their GETs',
    pickleOf('(K\x01q\x02K\x02r', uint32(3), 'h\x02j', uint32(3), 't'),
  ],
  ['MEMOIZE next to PUT', pickleOf('(K\x01q\x00K\x02\x94h\x01K\x03q\x05K\x04\x94h\x02t')],
  ['TUPLE1 to TUPLE3', pickleOf('()N\x85NN\x86NNN\x87t')],
  ['POP and POP_MARK', pickleOf('(K\x01K\x020(K\x03K\x041t')],
  ['POP of a mark', pickleOf('(K\x01(0t')],
  ['DUP', pickleOf('(K\x012t')],
  ['SETITEM and SETITEMS', pickleOf('(}K\x01K\x02s}(K\x03K\x04K\x03K\x05u}(ut')],
  ['APPEND and APPENDS', pickleOf('(]Na](NNe](et')],
  ['EMPTY_SET, ADDITEMS and FROZENSET', pickleOf('(\x8f(K\x03K\x01\x90(K\x02K\x01\x91\x8ft')],
  [
    'a set of sorted numbers beyond all',
    pickleOf('(\x8f(\x8a\x09\0\0\0\0\0\0\0\0\x40K\x01J\xff\xff\xff\xff\x90t'),
  ],
  // protocols 4 and 5
  ['BINUNICODE8 and BINBYTES8', pickleOf('(\x8d', uint64(2n), 'ab\x8e', uint64(1n), 'ct')],
  ['BYTEARRAY8', pickleOf('(\x96', uint64(1n), 'ct')],
  ['text with surrogates', pickleOf('(\x8c\x05a\xed\xa0\x80bt')],
  ['text of an overlong form', pickleOf('(\x8c\x02\xc0\x80t')],
  ['text beyond Unicode', pickleOf('(\x8c\x04\xf4\x90\x80\x80t')],
  ['a frame, and a shorter one', bytesOf('\x80\x04\x95', uint64(3n), '(\x95', uint64(2n), 'Nt.')],
  ['no protocol at all', bytesOf('(Nt.')],
  ['bytes behind STOP', bytesOf('(Nt.rest')],
  ['values left behind', pickleOf('NN(t')],
  // classes
  ['GLOBAL by the names of Python 2', bytesOf('(c__builtin__\nset\n((lI2\naI1\natRt.')],
  ['INST', bytesOf('((I1\nI2\nibuiltins\ncomplex\nt.')],
  ['OBJ', pickleOf('((cbuiltins\ncomplex\nK\x01K\x02ot')],
  ['NEWOBJ', pickleOf('(cbuiltins\ncomplex\nK\x01K\x02\x86\x81t')],
  ['NEWOBJ_EX', pickleOf('(cbuiltins\ncomplex\nK\x01K\x02\x86}\x92t')],
  ['an int from its text', pickleOf('(cbuiltins\nint\n\x8c\x0212\x85Rt')],
  ['a float from its text', pickleOf('(cbuiltins\nfloat\n\x8c\x041e-5\x85Rt')],
  ['a list from a tuple', pickleOf('(cbuiltins\nlist\n(K\x01K\x02t\x85Rt')],
  [
    'a dict from pairs',
    pickleOf('(ccollections\nOrderedDict\n](](\x8c\x01aK\x01e](K\x02K\x03ee\x85Rt'),
  ],
  [
    'a bytearray from text',
    pickleOf('(cbuiltins\nbytearray\n\x8c\x02\xc3\xbf\x8c\x07latin-1\x86Rt'),
  ],
]

describe('an opcode does what it does for CPython', () => {
  const decoder = pickleDecoder()
  const input = pickles.map(([, pickle]) => Buffer.from(pickle).toString('base64')).join('\n')
  const answers = runFixture('decode/pickle_loads.py', input).split('\n')

  it.each(pickles.map(([name, pickle], i) => [name, pickle, answers[i] as string] as const))(
    '%s',
    (_, pickle, answer) => {
      if (answer === 'null') {
        expect(codeThrownBy(() => decoder.decode(pickle))).toBe('bad-payload')
      } else {
        const wanted = canonicalJson(fromLosslessJson(answer))
        expect(canonicalJson(decoder.decode(pickle))).toBe(wanted)
      }
    },
  )
})
