import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { commit, commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { Limit } from '../limits.ts';

const VERSION = 1n;
const FORMAT = 1;

/** A block in one page: where the chain stands after it. */
export interface BlockHeader {
  readonly number: number;
  /** Seconds since 1970; greater in every block. */
  readonly timestamp: number;
  /** Commitment of the block before; the empty word for genesis. */
  readonly previous: Word;
  /** Mountain range over the commitments of all blocks before this one. */
  readonly chain: Word;
  readonly accountRoot: Word;
  readonly nullifierRoot: Word;
  readonly noteRoot: Word;
  readonly transactions: Word;
  readonly protocolConfig: Word;
  readonly validatorConfig: Word;
  /** A configuration that takes effect later; the empty word for none. */
  readonly nextConfig: Word;
  /** What a transaction pays per unit of verification; a u32. */
  readonly baseFee: number;
}

/** Forty elements: all of the header but the note root. */
export const subElements = (h: BlockHeader): Felt[] => [
  ...[VERSION, BigInt(h.number), BigInt(h.timestamp), 0n],
  ...h.previous,
  ...h.chain,
  ...h.accountRoot,
  ...h.nullifierRoot,
  ...h.transactions,
  ...h.protocolConfig,
  ...h.validatorConfig,
  ...h.nextConfig,
  ...[BigInt(h.baseFee), 0n, 0n, 0n],
];

/** The first half of a block's commitment; the note root is apart so that proofs of notes are short. */
export const blockSubCommitment = (header: BlockHeader): Word =>
  commit(ProtocolDomain.BLOCK_SUB, subElements(header));
export const blockCommitment = (header: BlockHeader): Word =>
  commitPair(ProtocolDomain.BLOCK, blockSubCommitment(header), header.noteRoot);

/** The epoch a block belongs to. */
export const epochOf = (blockNumber: number, logBlocks: number = Limit.EPOCH_LOG_BLOCKS): number =>
  Math.floor(blockNumber / 2 ** logBlocks);

export function writeBlockHeader(h: BlockHeader, writer: ByteWriter): void {
  writer.u8(FORMAT).u32(h.number).u32(h.timestamp).word(h.previous).word(h.chain).word(h.accountRoot);
  writer.word(h.nullifierRoot).word(h.noteRoot).word(h.transactions).word(h.protocolConfig);
  writer.word(h.validatorConfig).word(h.nextConfig).u32(h.baseFee);
}
export function readBlockHeader(reader: ByteReader): BlockHeader {
  const format = reader.u8();
  if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
  return {
    number: reader.u32(),
    timestamp: reader.u32(),
    previous: reader.word(),
    chain: reader.word(),
    accountRoot: reader.word(),
    nullifierRoot: reader.word(),
    noteRoot: reader.word(),
    transactions: reader.word(),
    protocolConfig: reader.word(),
    validatorConfig: reader.word(),
    nextConfig: reader.word(),
    baseFee: reader.u32(),
  };
}
export function blockHeaderToBytes(header: BlockHeader): Uint8Array {
  const writer = new ByteWriter();
  writeBlockHeader(header, writer);
  return writer.finish();
}
/** Throws `FormatError`. */
export function blockHeaderFromBytes(bytes: Uint8Array): BlockHeader {
  const reader = new ByteReader(bytes, 'block header');
  const header = readBlockHeader(reader);
  reader.end();
  return header;
}
