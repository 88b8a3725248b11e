import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { textCode } from '../../hash/text.ts';
import { carriesErrorCode } from '../../vm/mast/operation.ts';
import type { MastForest } from '../../vm/mast/types.ts';

/**
 * Texts of assertion errors in a package's debug information (miden-mast-package 1.0.0-rc.0, src/debug_info). Of its
 * tables only the first, the strings, is read: a code is the hash of its text, so a text proves itself.
 */

const VERSION = 4;
const MAX_STRING_BYTES = 4096;
const ROW_ALIGNMENT = 8;
const SMALL_ALIGNMENT = 4;
/** Tables between the strings and the messages, as this writer leaves them: empty. */
const NO_ROWS = 0;

/** The texts behind the error codes in `forest`, as far as the debug information has them. */
export function readMessages(section: Uint8Array, forest: MastForest): Map<Felt, string> {
  const codes = new Set<Felt>();
  for (const node of forest.nodes) {
    if (node.kind !== 'block') continue;
    for (const { ops } of node.batches) {
      for (const { op, imm } of ops) if (carriesErrorCode(op) && imm) codes.add(imm);
    }
  }
  const messages = new Map<Felt, string>();
  const reader = new ByteReader(section, 'debug information');
  const version = reader.u8();
  if (version !== VERSION) reader.fail(`its version is ${version}, only ${VERSION} can be read`);
  if (reader.vint() !== BigInt(reader.remaining)) reader.fail('its length is wrong');
  for (let left = reader.count(1); left > 0 && messages.size < codes.size; left--) {
    const text = reader.string(MAX_STRING_BYTES);
    const code = textCode(text);
    if (codes.has(code)) messages.set(code, text);
  }
  return messages;
}

/** Debug information that holds nothing but texts of error codes. */
export function writeMessages(messages: ReadonlyMap<Felt, string>): Uint8Array {
  const entries = [...messages].filter(
    ([, text]) => new TextEncoder().encode(text).length <= MAX_STRING_BYTES,
  );
  const payload = new ByteWriter().vint(entries.length);
  for (const [, text] of entries) payload.string(text);
  table(payload, NO_ROWS, SMALL_ALIGNMENT); // files
  table(payload, NO_ROWS, SMALL_ALIGNMENT); // locations
  payload.vint(NO_ROWS); // types
  table(payload, NO_ROWS, ROW_ALIGNMENT); // functions
  payload.vint(NO_ROWS); // source nodes
  table(payload, NO_ROWS, SMALL_ALIGNMENT); // source roots
  table(payload, entries.length, ROW_ALIGNMENT);
  entries.forEach(([code], index) => {
    payload.u64(code).u32(index).u32(0);
  });
  return new ByteWriter().u8(VERSION).vint(payload.length).bytes(payload.finish()).finish();
}

/** The head of a table of fixed-size rows: their count, and zeros up to their alignment. */
function table(payload: ByteWriter, rows: number, alignment: number): void {
  payload.u32(rows);
  while (payload.length % alignment !== 0) payload.u8(0);
}
