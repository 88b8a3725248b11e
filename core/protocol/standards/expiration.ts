import { ProtocolError } from '../errors.ts';
import type { TransactionScript } from '../executor/transaction-inputs.ts';
import { Limit } from '../limits.ts';
import { type Standards, standardNoteScript } from './standards.ts';

export const EXPIRATION = 'expiration::main';

/** Blocks after the reference block, 1 to 65,535. Throws `transaction`. */
export function expirationDelta(blocks: number): bigint {
  if (!(Number.isInteger(blocks) && blocks >= 1 && blocks <= Limit.EXPIRATION_DELTA))
    throw new ProtocolError(
      'transaction',
      `A transaction expires after 1 to ${Limit.EXPIRATION_DELTA} blocks.`,
      {
        details: `${blocks} blocks`,
      },
    );
  return BigInt(blocks);
}

/** Limits for how long the transaction may wait: it is in one of so many blocks after its reference block, or in none. Throws `transaction`. */
export const expirationScript = (standards: Standards, blocks: number): TransactionScript => ({
  ...standardNoteScript(standards, EXPIRATION),
  args: [expirationDelta(blocks), 0n, 0n, 0n],
});
