import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Word } from '../../hash/word.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';

const FORMAT = 1;

/** What closes an epoch: its blocks and the state they lead to. A light client can start from it. */
export interface EpochRecord {
  readonly epoch: number;
  readonly firstBlock: number;
  readonly blockCount: number;
  /** Commitment of the record before; the empty word for the first. */
  readonly previous: Word;
  /** {@link epochBlocksCommitment}. */
  readonly blocks: Word;
  /** Mountain range over all blocks up to the epoch's last one. */
  readonly chain: Word;
  readonly accountRoot: Word;
  readonly nullifierRoot: Word;
}

/** Commitment to the commitments of an epoch's blocks, in order. */
export const epochBlocksCommitment = (blocks: readonly Word[]): Word =>
  commit(ProtocolDomain.EPOCH_BLOCKS, blocks.flat());

export const epochCommitment = (record: EpochRecord): Word =>
  commit(ProtocolDomain.EPOCH, [
    ...[BigInt(record.epoch), BigInt(record.firstBlock), BigInt(record.blockCount), 0n],
    ...record.previous,
    ...record.blocks,
    ...record.chain,
    ...record.accountRoot,
    ...record.nullifierRoot,
  ]);

export function epochToBytes(record: EpochRecord): Uint8Array {
  const writer = new ByteWriter().u8(FORMAT).u32(record.epoch).u32(record.firstBlock).u32(record.blockCount);
  const { previous, blocks, chain, accountRoot, nullifierRoot } = record;
  for (const word of [previous, blocks, chain, accountRoot, nullifierRoot]) writer.word(word);
  return writer.finish();
}
/** Throws `FormatError`. */
export function epochFromBytes(bytes: Uint8Array): EpochRecord {
  const reader = new ByteReader(bytes, 'epoch record');
  const format = reader.u8();
  if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
  const record: EpochRecord = {
    epoch: reader.u32(),
    firstBlock: reader.u32(),
    blockCount: reader.u32(),
    previous: reader.word(),
    blocks: reader.word(),
    chain: reader.word(),
    accountRoot: reader.word(),
    nullifierRoot: reader.word(),
  };
  reader.end();
  return record;
}
