import { randomWord } from '../../core/hash/random-word.ts';
import type { Word } from '../../core/hash/word.ts';
import { runPaced } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import { AccountBuilder } from '../../core/protocol/account/builder.ts';
import type { AccountComponent } from '../../core/protocol/account/component.ts';
import type { AccountStorage } from '../../core/protocol/account/storage.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ValidatorSet, validatorKey } from '../../core/protocol/block/validators.ts';
import type { TransactionKernel } from '../../core/protocol/kernel/kernel.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { fungibleFaucet, issued } from '../../core/protocol/standards/faucet.ts';
import { p2idNote } from '../../core/protocol/standards/p2id.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';
import { publish, publishedNoteToBytes } from '../../core/protocol/transaction/note-lists.ts';
import { genesisSource } from './genesis.ts';

const NAME = 'practice';
const DECIMALS = 2;
/** Base units: 1,000 TEST. */
const GIFT = 100_000n;
const MAX_SUPPLY = 10n ** 12n;
/** An epoch has 2^6 blocks, so that one sees them end. */
const EPOCH_LOG_BLOCKS = 6;

export interface PracticeOptions {
  /** The account whose owner is to practise. */
  readonly newcomer: AccountId;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly signal?: AbortSignal;
}

/** An account of the practice network and what its owner knows. */
export interface PracticeAccount {
  readonly account: Account;
  readonly secret: Word;
}

/** A network to try things on, in which the newcomer has something to take from the first block on. */
export interface Practice {
  /** The genesis file. */
  readonly source: Uint8Array;
  readonly validatorSecret: Uint8Array;
  /** A private note of 1,000 TEST that the newcomer alone can consume. */
  readonly gift: Note;
  /** Issues TEST. */
  readonly issuer: PracticeAccount;
  /** Somebody to pay to. */
  readonly neighbour: PracticeAccount;
}

/** Makes a practice network. Every one is another. */
export async function practiceNetwork(
  kernel: TransactionKernel,
  { newcomer, timestamp, signal }: PracticeOptions,
): Promise<Practice> {
  const paced = signal ? { signal } : {};
  const made = async (
    components: readonly AccountComponent[],
    type: 'private' | 'public',
    began: (storage: AccountStorage) => AccountStorage = (storage) => storage,
  ): Promise<PracticeAccount> => {
    const secret = randomWord();
    const builder = new AccountBuilder([keyAuthComponent(kernel, keyOf(secret)), ...components]);
    const random = crypto.getRandomValues(new Uint8Array(32));
    const { id, code, storage, vault } = await runPaced(builder.building({ type, random }), paced);
    // The first block makes it, as its first transaction would have.
    return { secret, account: new Account({ id, nonce: 1n, code, storage: began(storage), vault }) };
  };
  const token = { symbol: 'TEST', name: 'Practice token', decimals: DECIMALS, maxSupply: MAX_SUPPLY };
  const issuer = await made(fungibleFaucet(kernel, token), 'public', (storage) => issued(storage, GIFT));
  const neighbour = await made([walletComponent(kernel)], 'private');
  const [salt0, salt1] = randomWord();
  const gift = p2idNote(kernel, {
    sender: issuer.account.id,
    target: newcomer,
    salt: [salt0, salt1],
    serial: randomWord(),
    assets: [Asset.fungible(issuer.account.id, GIFT)],
  });
  const validatorSecret = crypto.getRandomValues(new Uint8Array(32));
  const source = genesisSource(
    {
      name: NAME,
      timestamp,
      feeIssuer: issuer.account.id,
      epochLogBlocks: EPOCH_LOG_BLOCKS,
      validators: new ValidatorSet(1, [validatorKey(validatorSecret)]),
      accounts: [issuer.account, neighbour.account],
      notes: [publishedNoteToBytes(publish({ kind: 'full', note: gift }))],
    },
    kernel,
  );
  return { source, validatorSecret, gift, issuer, neighbour };
}
