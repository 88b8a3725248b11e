import { EMPTY_WORD, wordsEqual } from '../../hash/word.ts';
import type { Steps } from '../../pace.ts';
import { Vault } from '../asset/vault.ts';
import { ProtocolError } from '../errors.ts';
import { Account } from './account.ts';
import { AccountCode } from './account-code.ts';
import type { AccountType } from './account-id.ts';
import { CALLBACK_SLOTS, hasCallbackSlot } from './callbacks.ts';
import type { AccountComponent } from './component.ts';
import { searchingSeed } from './id-seed.ts';
import { AccountStorage } from './storage.ts';

interface BuilderOptions {
  /**
   * Whether the kernel asks the account before assets that it issues move; what its slots say if not given. `true` without
   * such a slot leaves room for one to come.
   */
  readonly callbacks?: boolean;
}

interface NewAccount {
  readonly type: AccountType;
  /** 32 random bytes, which make the account's id its own. */
  readonly random: Uint8Array;
}

/** Puts components together to an account's first code and storage, and makes new accounts of them. */
export class AccountBuilder {
  readonly code: AccountCode;
  readonly storage: AccountStorage;
  readonly callbacks: boolean;

  /**
   * Procedures that several components have are one; slots are not. Throws `account-component`: not exactly one
   * authenticates, a slot twice, callbacks that cannot work; `account-code` and `account-storage`: too many or too few
   * procedures, too many slots.
   */
  constructor(components: readonly AccountComponent[], { callbacks }: BuilderOptions = {}) {
    const authenticating = components.filter(({ auth }) => auth);
    if (authenticating.length !== 1) {
      throw new ProtocolError(
        'account-component',
        'An account has exactly one component that authenticates.',
        {
          details: authenticating.map(({ name }) => name).join(', ') || 'there is none',
        },
      );
    }
    checkSlots(components);
    const procedures = components.flatMap((component) => component.procedures);
    const forests = new Set(components.flatMap((component) => component.forests));
    this.code = AccountCode.of(authenticating[0].auth!, procedures, [...forests]);
    this.storage = new AccountStorage(components.flatMap(({ slots }) => slots));
    checkCallbacks(this.code, this.storage, callbacks);
    this.callbacks = callbacks ?? hasCallbackSlot(this.storage);
  }

  /** Searches a seed for a new account; steps tell tries. Run it with `runPaced` for progress and cancelling. */
  *building({ type, random }: NewAccount): Steps<Account> {
    const { code, callbacks } = this;
    const storage = this.storage.clone();
    const commitments = { code: code.commitment, storage: storage.commitment };
    const { id, seed } = yield* searchingSeed({ ...commitments, type, callbacks, random });
    return new Account({ id, nonce: 0n, code, storage, vault: new Vault(), seed });
  }
}

function checkSlots(components: readonly AccountComponent[]): void {
  const owners = new Map<string, string>();
  for (const { name, slots } of components) {
    for (const slot of slots) {
      const owner = owners.get(slot.name);
      if (owner !== undefined) {
        throw new ProtocolError('account-component', 'Two components have the same storage slot.', {
          details: `${slot.name} of ${owner} and ${name}`,
        });
      }
      owners.set(slot.name, name);
    }
  }
}

/** A callback that the kernel would not find, or not run, is one that its author relies on in vain. */
function checkCallbacks(code: AccountCode, storage: AccountStorage, callbacks: boolean | undefined): void {
  for (const name of CALLBACK_SLOTS) {
    const slot = storage.slot(name);
    if (!slot) continue;
    const refuse = (details: string): never => {
      throw new ProtocolError('account-component', 'A callback of the account cannot work.', {
        details: `${name}: ${details}`,
      });
    };
    if (callbacks === false) refuse('the id would say that there is none');
    if (slot.kind !== 'value') refuse('it is a map');
    else if (!wordsEqual(slot.value, EMPTY_WORD) && !code.has(slot.value))
      refuse('it is not a procedure of the account');
  }
}
