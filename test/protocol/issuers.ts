import assert from 'node:assert/strict';
import type { Word } from '../../core/hash/word.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import type { AccountType } from '../../core/protocol/account/account-id.ts';
import { AccountBuilder } from '../../core/protocol/account/builder.ts';
import type { AccountComponent } from '../../core/protocol/account/component.ts';
import { AccountStorage } from '../../core/protocol/account/storage.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { fungibleFaucet, nonFungibleFaucet } from '../../core/protocol/standards/faucet.ts';
import type { ExecutedTransaction } from '../../core/protocol/transaction/executed-transaction.ts';
import { blockWith, kernel, SECRET } from './transactions.ts';

/** Issuers of assets, for tests. */
const KEY = keyAuthComponent(kernel, keyOf(SECRET));

interface Kind {
  readonly type?: AccountType;
  readonly auth?: AccountComponent;
  readonly seed?: number;
}

/** A new account of these components and one that authenticates, by key if no other is given. */
export function accountOf(components: readonly AccountComponent[], kind: Kind = {}): Account {
  const { type = 'private', auth = KEY, seed = 1 } = kind;
  const builder = new AccountBuilder([...components, auth]);
  return runAtOnce(builder.building({ type, random: new Uint8Array(32).fill(seed) }));
}

/** An account after some transactions, whose slots hold other values now. */
export function aged({ id, code, storage }: Account, values: Readonly<Record<string, Word>> = {}): Account {
  const slots = storage.slots.map((slot) =>
    slot.kind === 'value' && values[slot.name] ? { ...slot, value: values[slot.name] } : slot,
  );
  return new Account({ id, code, storage: new AccountStorage(slots), nonce: 5n, vault: new Vault() });
}

/** Issuers of coins and of jewels, like those that people make. */
export const coinFaucet = (options: Partial<Parameters<typeof fungibleFaucet>[1]> = {}) =>
  fungibleFaucet(kernel, { symbol: 'COIN', decimals: 6, maxSupply: 1000n, ...options });
export const jewelFaucet = (options: Partial<Parameters<typeof nonFungibleFaucet>[1]> = {}) =>
  nonFungibleFaucet(kernel, { symbol: 'JEWEL', ...options });
export const coins = ({ id }: Account, amount: bigint) => Asset.fungible(id, amount);
export const jewel = ({ id }: Account, name = 'a jewel') => Asset.unique(id, new TextEncoder().encode(name));

/** A transaction of an account: what it consumes is in its reference block. */
export function transact(
  account: Account,
  { notes = [], ...inputs }: Partial<Omit<TransactionInputs, 'notes'>> & { notes?: readonly Note[] },
): ExecutedTransaction {
  return executeTransaction(kernel, { account, ...blockWith(notes), ...inputs }, { secret: () => SECRET });
}

/** That a transaction is refused, and why. */
export const refuses = (why: RegExp, run: () => unknown): void =>
  assert.throws(run, (error) => {
    assert.ok(error instanceof ProtocolError, String(error));
    assert.match(`${error.message}\n${error.details}`, why);
    return true;
  });
