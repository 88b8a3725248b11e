import { transactionKernel } from '../../cli/transaction-kernel.ts';
import { assembleLibrary } from '../../core/assembly/assemble.ts';
import type { Package } from '../../core/assembly/package/package.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../core/hash/word.ts';
import { EMPTY_ROOTS } from '../../core/merkle/empty.ts';
import { Smt } from '../../core/merkle/smt.ts';
import { MerkleStore } from '../../core/merkle/store.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountCode } from '../../core/protocol/account/account-code.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import { accountEntry } from '../../core/protocol/account/account-tree.ts';
import type { ForeignAccount } from '../../core/protocol/account/foreign-account.ts';
import { searchingSeed } from '../../core/protocol/account/id-seed.ts';
import { AccountStorage, type StorageSlot } from '../../core/protocol/account/storage.ts';
import type { Asset } from '../../core/protocol/asset/asset.ts';
import { Vault } from '../../core/protocol/asset/vault.ts';
import { type BlockHeader, blockSubCommitment } from '../../core/protocol/block/block-header.ts';
import type { TransactionScript } from '../../core/protocol/executor/transaction-inputs.ts';
import { Limit } from '../../core/protocol/limits.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { keyAuthComponent, keyOf } from '../../core/protocol/standards/auth-key.ts';
import { noAuthComponent } from '../../core/protocol/standards/auth-none.ts';
import { p2idNote } from '../../core/protocol/standards/p2id.ts';
import { sendingNotes } from '../../core/protocol/standards/send-notes.ts';
import { walletComponent } from '../../core/protocol/standards/wallet.ts';
import type { InputNote } from '../../core/protocol/transaction/note-lists.ts';

/** Accounts, notes and blocks for tests of whole transactions. */
export const kernel = transactionKernel();

/** The digest of a procedure by its path. */
export function procedure(library: Package, path: string): Word {
  const found = library.manifest.exports.find((each) => each.path === path);
  if (found?.kind !== 'procedure') throw new RangeError(`there is no procedure ${path}`);
  return found.digest;
}

export const SECRET: Word = [11n, 22n, 33n, 44n];
const WALLET = walletComponent(kernel);
const AUTHENTICATION = { key: keyAuthComponent(kernel, keyOf(SECRET)), none: noAuthComponent(kernel) };
export const AUTH = { key: AUTHENTICATION.key.auth!, none: AUTHENTICATION.none.auth! };
export const [KEY_SLOT] = AUTHENTICATION.key.slots;

export interface AccountKind {
  readonly auth?: keyof typeof AUTH;
  /** A procedure of the component that authenticates instead. */
  readonly ownAuth?: Word;
  readonly slots?: readonly StorageSlot[];
  readonly component?: Package;
  /** Two accounts alike but for it are two accounts. */
  readonly seed?: number;
  /** Whether it is asked before assets that it issues move. */
  readonly callbacks?: boolean;
}

/** A new wallet. */
export function newAccount({
  auth = 'key',
  slots = [KEY_SLOT],
  ownAuth,
  component,
  seed = 1,
  callbacks = false,
}: AccountKind = {}): Account {
  const extra =
    component?.manifest.exports.flatMap((each) => (each.kind === 'procedure' ? [each.digest] : [])) ?? [];
  const forests = [
    ...[WALLET, AUTHENTICATION[auth]].flatMap((each) => each.forests),
    ...(component ? [component.forest] : []),
  ];
  const code = AccountCode.of(
    ownAuth ?? AUTH[auth],
    [...WALLET.procedures, ...extra].filter((root) => !ownAuth || !wordsEqual(root, ownAuth)),
    forests,
  );
  const storage = new AccountStorage(slots);
  const found = runAtOnce(
    searchingSeed({
      code: code.commitment,
      storage: storage.commitment,
      type: 'private',
      callbacks,
      random: new Uint8Array(32).fill(seed),
    }),
  );
  return new Account({ ...found, nonce: 0n, code, storage, vault: new Vault() });
}

/** A wallet after some transactions, with these assets. */
export function wallet(assets: readonly Asset[] = [], kind: AccountKind = {}): Account {
  const { id, code, storage } = newAccount(kind);
  return new Account({ id, nonce: 5n, code, storage, vault: new Vault(assets) });
}

/** Accounts, and the root of a tree of accounts that has them in these states. */
export function foreignIn(accounts: readonly Account[]): {
  readonly accountRoot: Word;
  readonly foreign: ForeignAccount[];
} {
  const tree = new Smt(accounts.map(({ id, commitment }) => accountEntry(id, commitment)));
  const foreign = accounts.map((account) => ({ account, witness: tree.open(account.id.key) }));
  return { accountRoot: tree.root, foreign };
}

/** A P2ID note to `target`. */
export const p2id = (sender: AccountId, target: AccountId, assets: readonly Asset[], serial = 1n): Note =>
  p2idNote(kernel, { sender, target, assets, serial: [serial, 2n, 3n, 4n], salt: [5n, 6n], tag: 7 });

const HEADER: BlockHeader = {
  number: 3,
  timestamp: 1_700_000_000,
  previous: [1n, 1n, 1n, 1n],
  chain: [2n, 2n, 2n, 2n],
  accountRoot: [3n, 3n, 3n, 3n],
  nullifierRoot: [4n, 4n, 4n, 4n],
  noteRoot: EMPTY_ROOTS[Limit.BLOCK_NOTE_TREE_DEPTH],
  transactions: EMPTY_WORD,
  protocolConfig: [5n, 5n, 5n, 5n],
  validatorConfig: [6n, 6n, 6n, 6n],
  nextConfig: EMPTY_WORD,
  baseFee: 0,
};

/** The package of a component with the source of its one module, `component`. */
export const componentOf = (text: string): Package =>
  assembleLibrary({
    name: 'component',
    root: { path: '::component', file: { name: 'component.masm', text } },
    kernel: kernel.dispatcher,
    libraries: [kernel.protocol, kernel.standards].map((each) => ({ package: each, linkage: 'static' })),
  });

/** A block that holds these notes, and the notes with their proofs. */
export function blockWith(
  notes: readonly Note[] = [],
  header: Partial<BlockHeader> = {},
): { readonly block: BlockHeader; readonly notes: InputNote[] } {
  const store = new MerkleStore();
  const depth = Limit.BLOCK_NOTE_TREE_DEPTH;
  let noteRoot = EMPTY_ROOTS[depth];
  for (const [i, note] of notes.entries()) noteRoot = store.setNode(noteRoot, depth, BigInt(i), note.id);
  const block = { ...HEADER, ...header, noteRoot };
  return {
    block,
    notes: notes.map((note, index) => ({
      note,
      inclusion: {
        blockNumber: block.number,
        subCommitment: blockSubCommitment(block),
        noteRoot,
        index,
        path: store.path(noteRoot, depth, BigInt(index)).path,
      },
    })),
  };
}

/** A script whose body runs with `uses` at hand. */
export function script(
  body: string,
  uses: readonly string[] = [],
  libraries: readonly Package[] = [],
): TransactionScript {
  const text = `${uses.map((path) => `use ::${path}\n`).join('')}pub proc main\n${body}\nend\n`;
  const library = assembleLibrary({
    name: 'script',
    root: { path: '::script', file: { name: 'script.masm', text } },
    kernel: kernel.dispatcher,
    libraries: [kernel.protocol, kernel.standards, ...libraries].map((each) => ({
      package: each,
      linkage: 'static' as const,
    })),
  });
  return { root: procedure(library, '::script::main'), forests: [library.forest] };
}

/** Sends notes of one's own: as the owner of a wallet would. */
export const sending = (notes: readonly Note[]): TransactionScript => sendingNotes(kernel, notes).script;
