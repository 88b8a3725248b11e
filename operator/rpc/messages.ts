import { create } from '@bufbuild/protobuf';
import { ByteReader, ByteWriter, FormatError } from '../../core/bytes.ts';
import type { Word } from '../../core/hash/word.ts';
import { wordFromBytes, wordToBytes } from '../../core/hash/word-bytes.ts';
import type { MmrDelta, MmrProof } from '../../core/merkle/mmr.ts';
import { SmtProof } from '../../core/merkle/smt-proof.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import { readInclusion, writeInclusion } from '../../core/protocol/note/note-inclusion.ts';
import { publishedNoteFromBytes, publishedNoteToBytes } from '../../core/protocol/transaction/note-lists.ts';
import type { ServedAccount, ServedNote } from '../api.ts';
import * as pb from './kiln_pb.ts';

/** Between what an operator says and the messages it says it in. Reading throws `FormatError`. */
const WORD_BYTES = 32;

export function readWord(bytes: Uint8Array, what: string): Word {
  return wordFromBytes(bytes) ?? notA(what);
}
function notA(what: string): never {
  throw new FormatError(what, 'it is no word of 32 bytes');
}

const wordsToBytes = (words: readonly Word[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(WORD_BYTES * words.length);
  for (const [i, word] of words.entries()) bytes.set(wordToBytes(word), WORD_BYTES * i);
  return bytes;
};
function readWords(bytes: Uint8Array, what: string): Word[] {
  if (bytes.length % WORD_BYTES !== 0) notA(what);
  return Array.from({ length: bytes.length / WORD_BYTES }, (_, i) =>
    readWord(bytes.subarray(WORD_BYTES * i, WORD_BYTES * (i + 1)), what),
  );
}

/** All of `bytes` as `read` understands it. */
function readWhole<T>(bytes: Uint8Array, what: string, read: (reader: ByteReader) => T): T {
  const reader = new ByteReader(bytes, what);
  const value = read(reader);
  reader.end();
  return value;
}
function written(write: (writer: ByteWriter) => void): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  write(writer);
  return Uint8Array.from(writer.finish());
}

/** The same bytes, as messages hold them. */
export const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : Uint8Array.from(bytes);

/** A message that must be there. */
export function present<T>(message: T | undefined, what: string): T {
  if (message === undefined) throw new FormatError('answer', `it lacks ${what}`);
  return message;
}

export const writeDelta = ({ from, to, data }: MmrDelta): pb.ChainDelta =>
  create(pb.ChainDeltaSchema, { from, to, nodes: wordsToBytes(data) });
export const readDelta = ({ from, to, nodes }: pb.ChainDelta): MmrDelta => ({
  from,
  to,
  data: readWords(nodes, 'update of the chain'),
});

export const writeChainProof = ({ leaves, position, leaf, path }: MmrProof): pb.ChainProof =>
  create(pb.ChainProofSchema, { leaves, position, leaf: wordToBytes(leaf), path: wordsToBytes(path) });
export const readChainProof = ({ leaves, position, leaf, path }: pb.ChainProof): MmrProof => ({
  leaves,
  position,
  leaf: readWord(leaf, 'proof of a block'),
  path: readWords(path, 'proof of a block'),
});

export const writeNote = ({ note, inclusion, block }: ServedNote): pb.ServedNote =>
  create(pb.ServedNoteSchema, {
    note: plain(publishedNoteToBytes(note)),
    inclusion: written((writer) => writeInclusion(inclusion, writer)),
    ...(block && { block: writeChainProof(block) }),
  });
export const readNote = ({ note, inclusion, block }: pb.ServedNote): ServedNote => ({
  note: publishedNoteFromBytes(note),
  inclusion: readWhole(inclusion, 'proof of a note', readInclusion),
  block: block && readChainProof(block),
});

export const writeAccount = ({ id, commitment, proof, account }: ServedAccount): pb.ServedAccount =>
  create(pb.ServedAccountSchema, {
    id: plain(id.toBytes()),
    commitment: wordToBytes(commitment),
    proof: plain(proof.toBytes()),
    ...(account && { account: plain(account.toBytes()) }),
  });
export const readAccount = ({ id, commitment, proof, account }: pb.ServedAccount): ServedAccount => ({
  id: AccountId.fromBytes(id),
  commitment: readWord(commitment, 'commitment of an account'),
  proof: SmtProof.fromBytes(proof),
  account: account.length > 0 ? Account.fromBytes(account) : undefined,
});
