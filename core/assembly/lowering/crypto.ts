import { Domain } from '../../hash/domains.ts';
import { initWord } from '../../hash/eidos.ts';
import type { Word } from '../../hash/word.ts';
import type { BareName } from '../instructions.ts';
import { emit } from './field.ts';

/** Hashing, trees and proof verification as operations (miden-assembly 1.0.0-rc.0, src/instruction/crypto_ops.rs). */

const pushWord = (word: Word): string => `PUSH.${word[3]} PUSH.${word[2]} PUSH.${word[1]} PUSH.${word[0]}`;
/** [A, B] -> the compression of A and B under a chaining value. */
const compressPair = (chaining: Word): string => `${pushWord(chaining)} SWAPW2 SWAPW COMPRESS DROP*8`;

const READ_NODE = `${emit('merkle_node_to_stack')} PAD*4 ADVPOPW`;

export const CRYPTO_RECIPES = {
  hash: `PAD*4 ${pushWord(initWord(Domain.GENERIC_FELT_SEQUENCE, 4))} SWAPW2 COMPRESS DROP*8`,
  hdword: compressPair(initWord(Domain.GENERIC_FELT_SEQUENCE, 8)),
  compress: 'COMPRESS',
  mtree_get: `${READ_NODE} MPVERIFY MOVUP4 DROP MOVUP4 DROP`,
  mtree_set: `${READ_NODE} MOVUP5 MOVUP5 DUP5 DUP5 SWAPDW SWAPW SWAPW2 DUP13 DUP13 MRUPDATE
    MOVUP4 DROP MOVUP4 DROP SWAPW DROP*4 SWAPW DROP*4 SWAPW`,
  mtree_merge: `${emit('merkle_node_merge')} ${compressPair(initWord(0))}`,
  crypto_stream: 'CRYPTOSTREAM',
  fri_ext2fold4: 'FRIE2F4',
  horner_eval_base: 'HORNERBASE',
  horner_eval_ext: 'HORNEREXT',
  eval_circuit: 'EVALCIRCUIT',
  log_deferred: 'LOGDEFERRED',
} satisfies Partial<Record<BareName, string>>;
