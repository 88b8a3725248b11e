import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { EMPTY_WORD } from '../../hash/word.ts';
import { AssetId } from '../asset/asset.ts';
import { commit, commitList, commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';

/** A kernel as blocks name it: the root of its main program, and those of what it offers to others. */
export interface KernelConfig {
  readonly program: Word;
  readonly procedures: readonly Word[];
}

const kernelProceduresCommitment = (procedures: readonly Word[]): Word =>
  commitList(ProtocolDomain.KERNEL_PROCEDURES, procedures.flat());
export const kernelConfigCommitment = ({ program, procedures }: KernelConfig): Word =>
  commitPair(ProtocolDomain.KERNEL_CONFIG, program, kernelProceduresCommitment(procedures));

/** How proofs are verified, and how strong they must be. */
export interface ProofConfig {
  /** The relation that opens the transcript of proofs. */
  readonly verifier: Word;
  readonly precompileVerifier: Word;
  readonly estimator: Word;
  readonly minimumBits: number;
}
export const proofConfigCommitment = (config: ProofConfig): Word =>
  commit(ProtocolDomain.PROOF_CONFIG, [
    ...config.verifier,
    ...config.precompileVerifier,
    ...config.estimator,
    BigInt(config.minimumBits),
    0n,
    0n,
    0n,
  ]);

/** The rules that a block's transactions obey. */
export interface ProtocolConfig {
  readonly feeAsset: AssetId;
  readonly transactionKernel: Word;
  readonly batchKernel: Word;
  readonly blockKernel: Word;
  readonly proofs: Word;
}

/** The 24 elements that the commitment is over. */
export const protocolConfigElements = (config: ProtocolConfig): Felt[] => [
  ...config.feeAsset.word,
  ...config.transactionKernel,
  ...config.batchKernel,
  ...config.blockKernel,
  ...config.proofs,
  ...EMPTY_WORD,
];

/** Throws `block` if the fee asset is not fungible. */
export function protocolConfigCommitment(config: ProtocolConfig): Word {
  if (config.feeAsset.composition !== 'fungible')
    throw new ProtocolError('block', 'Fees are paid in a fungible asset.');
  return commit(ProtocolDomain.PROTOCOL_CONFIG, protocolConfigElements(config));
}

/** A configuration and the first block it is in force; `effectiveFrom` is at least 1. */
export const nextConfigCommitment = (effectiveFrom: number, config: Word): Word =>
  commitPair(ProtocolDomain.NEXT_CONFIG, [BigInt(effectiveFrom), 0n, 0n, 0n], config);

/** Those who sign the next block, by commitments to their keys in the order of the keys' bytes. Throws `block`. */
export function validatorConfigCommitment(quorum: number, keys: readonly Word[]): Word {
  if (keys.length < 1 || keys.length > Limit.VALIDATORS || quorum < 1 || quorum > keys.length) {
    throw new ProtocolError('block', `A block has 1 to ${Limit.VALIDATORS} validators.`, {
      details: `quorum ${quorum} of ${keys.length}`,
    });
  }
  return commit(ProtocolDomain.VALIDATORS, [BigInt(quorum), 0n, 0n, 0n, ...keys.flat()]);
}

export function writeProtocolConfig(config: ProtocolConfig, writer: ByteWriter): void {
  config.feeAsset.write(writer);
  writer.word(config.transactionKernel).word(config.batchKernel).word(config.blockKernel).word(config.proofs);
}
export const readProtocolConfig = (reader: ByteReader): ProtocolConfig => ({
  feeAsset: AssetId.read(reader),
  transactionKernel: reader.word(),
  batchKernel: reader.word(),
  blockKernel: reader.word(),
  proofs: reader.word(),
});
