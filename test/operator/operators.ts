import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValidatorSet, validatorKey } from '../../core/protocol/block/validators.ts';
import { genesisSource } from '../../operator/genesis/genesis.ts';
import { Operator, type OperatorOptions, type TransactionVerifier } from '../../operator/operator.ts';
import { kernel, newAccount } from '../protocol/transactions.ts';

/** Operators of a network with one validator, for tests. */
export const secret = new Uint8Array(32).fill(7);
export const validators = new ValidatorSet(1, [validatorKey(secret)]);
export const source = genesisSource(
  {
    name: 'practice',
    timestamp: 1_700_000_000,
    feeIssuer: newAccount({ seed: 9 }).id,
    epochLogBlocks: 1,
    validators,
  },
  kernel,
);

/** Of the traces of a small transaction. */
export const HEIGHTS = [12, 11, 14, 16];

/** Made-up transactions have no proofs: what verifying them tells is up to the test. */
export const verifier = (
  verify: TransactionVerifier['verify'] = async () => HEIGHTS,
): TransactionVerifier => ({
  verify,
  close: async () => {},
});

export async function inOwnFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-operator-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a test with an operator in a folder of its own, which it can close and open again. */
export const withOperator = (
  work: (
    operator: Operator,
    reopen: (change?: Partial<OperatorOptions>) => Promise<Operator>,
  ) => Promise<void>,
  change: Partial<OperatorOptions> = {},
): Promise<void> =>
  inOwnFolder(async (folder) => {
    const options = { folder, kernel, validators: [secret], version: '1', verifier: verifier() };
    const now = () => 1_700_000_100;
    let operator = Operator.open({ ...options, now, ...change }, source);
    try {
      await work(operator, async (other = {}) => {
        await operator.close();
        operator = Operator.open({ ...options, now, ...other });
        return operator;
      });
    } finally {
      await operator.close();
    }
  });
