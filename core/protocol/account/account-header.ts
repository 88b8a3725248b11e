import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { AccountId } from './account-id.ts';

const VERSION = 1n;

/** An account in four words: what its commitment is over. */
export interface AccountHeader {
  readonly id: AccountId;
  /** 0 until its first transaction ends. */
  readonly nonce: Felt;
  readonly vaultRoot: Word;
  readonly storageCommitment: Word;
  readonly codeCommitment: Word;
}

/** Sixteen elements: [version, nonce, id suffix, id prefix], vault, storage, code. */
export const headerElements = (header: AccountHeader): Felt[] => [
  VERSION,
  header.nonce,
  header.id.suffix,
  header.id.prefix,
  ...header.vaultRoot,
  ...header.storageCommitment,
  ...header.codeCommitment,
];

export const accountCommitment = (header: AccountHeader): Word =>
  commit(ProtocolDomain.ACCOUNT, headerElements(header));

export function writeHeader(header: AccountHeader, writer: ByteWriter): void {
  writer.u8(Number(VERSION));
  header.id.write(writer);
  writer.felt(header.nonce).word(header.vaultRoot).word(header.storageCommitment).word(header.codeCommitment);
}

export function readHeader(reader: ByteReader): AccountHeader {
  const version = reader.u8();
  if (version !== Number(VERSION)) reader.fail(`account version ${version} is not known`);
  return {
    id: AccountId.read(reader),
    nonce: reader.felt(),
    vaultRoot: reader.word(),
    storageCommitment: reader.word(),
    codeCommitment: reader.word(),
  };
}
