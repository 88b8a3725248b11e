import { randomWord } from '../../core/hash/random-word.ts';
import type { Word } from '../../core/hash/word.ts';
import { runPaced } from '../../core/pace.ts';
import type { Account } from '../../core/protocol/account/account.ts';
import { AccountBuilder } from '../../core/protocol/account/builder.ts';
import type { AccountComponent } from '../../core/protocol/account/component.ts';
import type { TransactionKernel } from '../../core/protocol/kernel/kernel.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';

/** A private account that authenticates by knowing a secret, and the secret. */
export interface Owner {
  readonly name: string;
  readonly secret: Word;
  /** As its owner holds it; changes with each transaction. */
  account: Account;
}

/** A new account: a wallet, with `extra` components besides. */
export async function newOwner(
  name: string,
  kernel: TransactionKernel,
  signal: AbortSignal,
  extra: readonly AccountComponent[] = [],
): Promise<Owner> {
  const secret = randomWord();
  const builder = new AccountBuilder([
    walletComponent(kernel),
    keyAuthComponent(kernel, keyOf(secret)),
    ...extra,
  ]);
  const random = crypto.getRandomValues(new Uint8Array(32));
  return { name, secret, account: await runPaced(builder.building({ type: 'private', random }), { signal }) };
}
