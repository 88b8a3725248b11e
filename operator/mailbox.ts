import type Sqlite from 'better-sqlite3';
import { refuseRequest } from './answers.ts';
import type { MailboxItem, TagPrefix } from './api.ts';
import { type Database, explained } from './database/database.ts';

export const MailboxLimit = {
  /** A sealed note is a note of at most 2^18 bytes and little more. */
  ITEM_BYTES: 2 ** 18 + 1024,
  ANSWER_ITEMS: 256,
  ANSWER_BYTES: 4 * 2 ** 20,
  /** All that is kept; then the oldest go. */
  TOTAL_BYTES: 2 ** 32,
  /** Seconds: thirty days. */
  KEPT: 30 * 86_400,
} as const;
const U32 = 2 ** 32;

interface Sized {
  readonly number: number;
  readonly size: number;
}
interface Row {
  readonly number: number;
  readonly tag: number;
  readonly sealed: Buffer;
}

/** Sealed notes that wait for who asks for their tag: the operator sees ciphertext, size, tag and time. */
export class Mailbox {
  readonly #database: Database;
  readonly #add: Sqlite.Statement<[number, number, Uint8Array]>;
  readonly #get: Sqlite.Statement<[number, number, number, number], Sized>;
  readonly #item: Sqlite.Statement<[number], Row>;
  readonly #expire: Sqlite.Statement<[number]>;
  readonly #oldest: Sqlite.Statement<[], Sized>;
  readonly #delete: Sqlite.Statement<[number]>;
  #bytes: number;

  constructor(database: Database) {
    this.#database = database;
    this.#add = database.prepare('INSERT INTO mailbox (tag, received_at, sealed) VALUES (?, ?, ?)');
    this.#get = database.prepare(
      'SELECT number, length(sealed) AS size FROM mailbox WHERE tag BETWEEN ? AND ? AND number > ? ORDER BY number LIMIT ?',
    );
    this.#item = database.prepare('SELECT number, tag, sealed FROM mailbox WHERE number = ?');
    this.#expire = database.prepare('DELETE FROM mailbox WHERE received_at < ?');
    this.#oldest = database.prepare(
      'SELECT number, length(sealed) AS size FROM mailbox ORDER BY number LIMIT 1',
    );
    this.#delete = database.prepare('DELETE FROM mailbox WHERE number = ?');
    this.#bytes = this.#size();
  }

  #size(): number {
    const sum = this.#database
      .prepare<[], number | null>('SELECT sum(length(sealed)) FROM mailbox')
      .pluck()
      .get();
    return sum ?? 0;
  }

  /** `now`: seconds since 1970. Throws `request-refused`, or another `OperatorError` if it cannot be written. */
  post({ tag, sealed }: MailboxItem, now: number): void {
    if (!Number.isInteger(tag) || tag < 0 || tag >= U32) refuseRequest('This is no tag.', `${tag}`);
    if (sealed.length === 0 || sealed.length > MailboxLimit.ITEM_BYTES)
      refuseRequest('This is not as long as a sealed note can be.', `${sealed.length} bytes`);
    explained(() =>
      this.#database.transaction(() => {
        if (this.#expire.run(now - MailboxLimit.KEPT).changes > 0) this.#bytes = this.#size();
        while (this.#bytes + sealed.length > MailboxLimit.TOTAL_BYTES) {
          const oldest = this.#oldest.get();
          if (!oldest) break;
          this.#delete.run(oldest.number);
          this.#bytes -= oldest.size;
        }
        this.#add.run(tag, now, sealed);
        this.#bytes += sealed.length;
      })(),
    );
  }

  /** Items with such tags after number `after`, in order, until an answer is full. */
  items(tags: readonly TagPrefix[], after: number): { items: Row[]; more: boolean } {
    const sizes = new Map<number, number>();
    for (const { value, bits } of tags) {
      const span = 2 ** (32 - bits);
      const first = Math.floor(value / span) * span;
      const sized = this.#get.all(first, first + span - 1, after, MailboxLimit.ANSWER_ITEMS + 1);
      for (const { number, size } of sized) sizes.set(number, size);
    }
    const items: Row[] = [];
    let bytes = 0;
    for (const [number, size] of [...sizes].sort(([a], [b]) => a - b)) {
      bytes += size;
      if (
        items.length === MailboxLimit.ANSWER_ITEMS ||
        (items.length > 0 && bytes > MailboxLimit.ANSWER_BYTES)
      )
        return { items, more: true };
      items.push(this.#item.get(number)!);
    }
    return { items, more: false };
  }
}
