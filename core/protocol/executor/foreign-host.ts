import type { Felt } from '../../field/felt.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import type { AdviceMutation } from '../../vm/advice/inputs.ts';
import type { MastForest } from '../../vm/mast/types.ts';
import { accountCommitment } from '../account/account-header.ts';
import { AccountId } from '../account/account-id.ts';
import type { AccountSource } from '../account/account-source.ts';
import { isInAccountTree } from '../account/account-tree.ts';
import type { ForeignAccount } from '../account/foreign-account.ts';
import { PartialAccount } from '../account/partial-account.ts';
import { ProtocolError } from '../errors.ts';
import { accountElements } from './advice.ts';
import { opened } from './opened.ts';
import type { TransactionInputs } from './transaction-inputs.ts';

/** Asked for a foreign account, as it stands in the reference block; `undefined` if it is not to be had. */
export type ForeignLookup = (id: AccountId) => ForeignAccount | undefined;

/** What a transaction's host knows of foreign accounts: it brings each when the kernel first asks for it. */
export class ForeignHost {
  readonly #given: readonly ForeignAccount[];
  readonly #accountRoot: Word;
  readonly #ask: ForeignLookup | undefined;
  readonly #loaded: AccountSource[] = [];
  readonly #touched: ForeignAccount<PartialAccount>[] = [];
  #libraries: MastForest[] = [];

  /** With no inputs, it knows none. */
  constructor(inputs?: Pick<TransactionInputs, 'block' | 'foreign'>, ask?: ForeignLookup) {
    this.#given = inputs?.foreign ?? [];
    this.#accountRoot = inputs?.block.accountRoot ?? EMPTY_WORD;
    this.#ask = ask;
  }

  /** Those that the kernel has read, in its order. */
  get loaded(): readonly AccountSource[] {
    return this.#loaded;
  }
  /** What was read of them. */
  get touched(): readonly ForeignAccount<PartialAccount>[] {
    return this.#touched;
  }
  /** These forests, and the code of foreign accounts as they are read: the list grows while the transaction runs. */
  joining(forests: Iterable<MastForest>): readonly MastForest[] {
    this.#libraries = [...forests];
    return this.#libraries;
  }

  /** Where the kernel keeps an account; behind all others, and itself, if it has not read it yet. */
  answer(suffix: Felt, prefix: Felt): AdviceMutation[] {
    const index = this.#loaded.findIndex(
      ({ header: { id } }) => id.suffix === suffix && id.prefix === prefix,
    );
    if (index >= 0) return [{ kind: 'stack', values: [BigInt(index)] }];
    const { account, witness } = this.#find(new AccountId(prefix, suffix));
    const values = [BigInt(this.#loaded.length), ...accountElements(account)];
    const { source, partial } = PartialAccount.watching(account);
    this.#loaded.push(source);
    this.#touched.push({ account: partial, witness });
    const known = new Set(this.#libraries);
    this.#libraries.push(...account.code.forests.filter((forest) => !known.has(forest)));
    return [{ kind: 'stack', values }, ...opened(witness)];
  }

  #find(id: AccountId): ForeignAccount {
    const foreign = this.#given.find(({ account }) => account.header.id.equals(id)) ?? this.#ask?.(id);
    if (!foreign?.account.header.id.equals(id)) {
      throw new ProtocolError('transaction', 'The transaction needs to read another account.', {
        details: `account ${id}`,
        advice: 'Give it with the inputs, as it stands in the reference block.',
      });
    }
    const { header } = foreign.account;
    if (!isInAccountTree(foreign.witness, this.#accountRoot, id, accountCommitment(header))) {
      throw new ProtocolError('transaction', 'Another account was not so in the reference block.', {
        details: `account ${id}, nonce ${header.nonce}`,
        advice: 'Take the account and its witness from the block that the transaction refers to.',
      });
    }
    return foreign;
  }
}
