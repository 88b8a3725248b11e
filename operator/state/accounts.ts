import type Sqlite from 'better-sqlite3';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import type { SmtEntry } from '../../core/merkle/smt-leaf.ts';
import { Account } from '../../core/protocol/account/account.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import type { Database } from '../database/database.ts';
import type { TreeLeaves } from './persistent-tree.ts';
import { storedWord } from './words.ts';

interface Row {
  readonly id: Buffer;
  readonly commitment: Buffer;
  readonly block: number;
}

/** An account as the network knows it. */
export interface KnownAccount {
  readonly id: AccountId;
  readonly commitment: Word;
  /** The block that changed it last. */
  readonly block: number;
}

const entryOf = ({ id, commitment }: Pick<Row, 'id' | 'commitment'>): SmtEntry => [
  AccountId.fromBytes(id).key,
  storedWord(commitment),
];
/** The first half of an id: there is at most one account of each. */
const prefixOf = (id: AccountId): Uint8Array => id.toBytes().subarray(0, 8);

/** Accounts by the first half of their id; all of the public ones. */
export class Accounts implements TreeLeaves {
  readonly #get: Sqlite.Statement<[Uint8Array], Row>;
  readonly #account: Sqlite.Statement<[Uint8Array], Buffer | null>;
  readonly #all: Sqlite.Statement<[], Row>;
  readonly #whole: Sqlite.Statement<[], Row & { readonly account: Buffer | null }>;
  readonly #after: Sqlite.Statement<[number], Row>;
  readonly #changes: Sqlite.Statement<[Uint8Array, number, number], { block: number; commitment: Buffer }>;
  readonly #set: Sqlite.Statement<[Uint8Array, Uint8Array, Uint8Array, number, Uint8Array | null]>;
  readonly #change: Sqlite.Statement<[number, Uint8Array, Uint8Array]>;

  constructor(database: Database) {
    const columns = 'id, commitment, block';
    this.#get = database.prepare(`SELECT ${columns} FROM accounts WHERE prefix = ?`);
    this.#account = database
      .prepare<[Uint8Array], Buffer | null>('SELECT account FROM accounts WHERE prefix = ?')
      .pluck();
    this.#all = database.prepare(`SELECT ${columns} FROM accounts`);
    this.#whole = database.prepare(`SELECT ${columns}, account FROM accounts`);
    this.#after = database.prepare(`SELECT ${columns} FROM accounts WHERE block > ?`);
    this.#changes = database.prepare(
      'SELECT block, commitment FROM account_changes WHERE prefix = ? AND block BETWEEN ? AND ? ORDER BY block',
    );
    this.#set = database.prepare('INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?)');
    this.#change = database.prepare('INSERT INTO account_changes VALUES (?, ?, ?)');
  }

  /** The account that has this first half of its id, if any. */
  withPrefixOf(id: AccountId): KnownAccount | undefined {
    const row = this.#get.get(prefixOf(id));
    return (
      row && {
        id: AccountId.fromBytes(row.id),
        commitment: storedWord(row.commitment),
        block: row.block,
      }
    );
  }
  /** The state of an account; the empty word if there is none. */
  commitment(id: AccountId): Word {
    const known = this.withPrefixOf(id);
    return known?.id.equals(id) ? known.commitment : EMPTY_WORD;
  }
  /** All of a public account. */
  publicAccount(id: AccountId): Account | undefined {
    const known = this.withPrefixOf(id);
    const bytes = known?.id.equals(id) ? this.#account.get(prefixOf(id)) : undefined;
    return bytes ? Account.fromBytes(bytes) : undefined;
  }
  /** All public accounts as bytes, `null` where there should be some. */
  *publicOnes(): Generator<{ id: AccountId; commitment: Word; account: Uint8Array | null }> {
    for (const { id, commitment, account } of this.#whole.iterate()) {
      const own = AccountId.fromBytes(id);
      if (own.type === 'public') yield { id: own, commitment: storedWord(commitment), account };
    }
  }
  /** How an account's state changed in these blocks. */
  changes(id: AccountId, from: number, to: number): { block: number; commitment: Word }[] {
    return this.#changes
      .all(prefixOf(id), from, to)
      .map(({ block, commitment }) => ({ block, commitment: storedWord(commitment) }));
  }

  set(id: AccountId, commitment: Word, block: number, account?: Account): void {
    const [prefix, state] = [prefixOf(id), wordToBytes(commitment)];
    this.#set.run(prefix, id.toBytes(), state, block, account?.toBytes() ?? null);
    this.#change.run(block, prefix, state);
  }

  *all(): Generator<SmtEntry> {
    for (const row of this.#all.iterate()) yield entryOf(row);
  }
  *after(block: number): Generator<SmtEntry> {
    for (const row of this.#after.iterate(block)) yield entryOf(row);
  }
}
