import { type Word, wordsEqual } from '../hash/word.ts';
import type { BlockHeader } from './block/block-header.ts';
import { type ProtocolConfig, protocolConfigCommitment } from './block/protocol-config.ts';
import { ProtocolError } from './errors.ts';
import type { Note } from './note/note.ts';
import { type Standards, standardProcedure } from './standards/standards.ts';
import { FEE_TAG, TX_FEE } from './standards/tx-fee.ts';
import type { TransactionData } from './transaction/transaction-data.ts';

/** By which a verifier knows what is owed: the reference block, the configuration it names, the script of fee notes. */
export interface FeeRules {
  readonly block: BlockHeader;
  readonly config: ProtocolConfig;
  readonly standards: Standards;
}

/**
 * What a transaction owes whose proof has these heights (log2, the Core trace first): the block's base fee for each doubling.
 * How many cycles it took is hidden; at which height it was proved is not, and is what verifying it costs.
 */
export const feeOf = ({ baseFee }: BlockHeader, [core]: readonly number[]): bigint =>
  BigInt(baseFee) * BigInt(core);

/**
 * Authentication's arguments that have it pay for a proof of this height (log2 of the Core trace), where it would pay for less:
 * compressions can ask for more than cycles do.
 */
export const payingFor = (logHeight: number): Word => [2n ** BigInt(logHeight - 1), 0n, 0n, 0n];

/** The note that a transaction pays with: public, for whoever builds blocks, of the fee asset alone. */
export function feeNoteOf(
  outputs: TransactionData['outputs'],
  { config, standards }: FeeRules,
): Note | undefined {
  const script = standardProcedure(standards, TX_FEE);
  const notes = outputs.flatMap((output) => (output.kind === 'public' ? [output.note] : []));
  return notes.find(
    ({ metadata, recipient, assets: { list } }) =>
      metadata.tag === FEE_TAG &&
      wordsEqual(recipient.script.root, script) &&
      list.length === 1 &&
      list[0].id.equals(config.feeAsset),
  );
}

/**
 * Throws `transaction` unless a transaction pays for its proof, whose heights `verifyTransaction` tells. Kernel and
 * authentication only make the note; that it is there is for whoever builds blocks to ask.
 */
export function requireFee(
  transaction: TransactionData,
  logHeights: readonly number[],
  rules: FeeRules,
): void {
  const { block, config } = rules;
  const owed = feeOf(block, logHeights);
  if (owed === 0n) return;
  if (!wordsEqual(protocolConfigCommitment(config), block.protocolConfig))
    throw new ProtocolError('block', 'The configuration is not the one that the block names.');
  const paid = feeNoteOf(transaction.outputs, rules)?.assets.list[0].amount ?? 0n;
  if (paid >= owed) return;
  throw new ProtocolError('transaction', 'The transaction does not pay its fee.', {
    details: `it pays ${paid} and owes ${owed}, for a proof of height 2^${logHeights[0]}`,
    advice: 'Have its authentication pay for that height (its arguments), and sign it again.',
  });
}
