import { KilnError } from './errors.ts';
import { type Felt, isCanonical } from './field/felt.ts';
import type { Word } from './hash/word.ts';

/** Bytes that are not what they claim to be. `kind` is `malformed`; `details` has the offset. */
export class FormatError extends KilnError {
  constructor(what: string, problem: string, offset?: number) {
    super('malformed', `This ${what} is damaged or not of this format: ${problem}.`, {
      details: offset === undefined ? problem : `${problem}, at byte ${offset}`,
      advice: 'Get a fresh copy from where it was made, and check that it was made by a compatible version.',
    });
  }
}

const VINT_LONG = 9;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the little-endian primitives that the official formats are made of. Every read checks what is left, and
 * {@link count} checks a length prefix against the bytes that would have to follow, so that no lie about a length
 * costs memory. Throws {@link FormatError}.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  /** `what` names the format in errors, e.g. `proof`. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get offset(): number {
    return this.#at;
  }
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  fail(problem: string): never {
    throw new FormatError(this.#what, problem, this.#at);
  }

  #take(length: number): number {
    if (length > this.remaining) this.fail(`it ends ${length - this.remaining} bytes early`);
    const at = this.#at;
    this.#at += length;
    return at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)];
  }
  /** The next byte, left where it is; `undefined` at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }
  bool(): boolean {
    const b = this.u8();
    if (b > 1) this.fail(`${b} is not a truth value`);
    return b === 1;
  }
  /** A copy of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length);
  }
  felt(): Felt {
    const value = this.u64();
    if (!isCanonical(value)) this.fail(`${value} is not a canonical field element`);
    return value;
  }
  word(): Word {
    return [this.felt(), this.felt(), this.felt(), this.felt()];
  }

  /**
   * A variable-length u64: trailing zeros of the first byte + 1 is the length, 9 bytes when it is zero.
   * Only the shortest form of a value is accepted.
   */
  vint(): bigint {
    const first = this.remaining > 0 ? this.#bytes[this.#at] : this.fail('it ends 1 byte early');
    const length = first === 0 ? VINT_LONG : 32 - Math.clz32(first & -first);
    const at = this.#take(length);
    let value = 0n;
    if (length === VINT_LONG) value = this.#view.getBigUint64(at + 1, true);
    else {
      for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[at + i]);
      value >>= BigInt(length);
    }
    if (vintLength(value) !== length) this.fail('a length is not in its shortest form');
    return value;
  }

  /** A vint that counts items of at least `minimumSize` bytes each, at most `limit` of them. */
  count(minimumSize: number, limit = Number.MAX_SAFE_INTEGER): number {
    const n = this.vint();
    if (n > BigInt(limit)) this.fail(`${n} items where at most ${limit} are allowed`);
    if (n * BigInt(minimumSize) > BigInt(this.remaining))
      this.fail(`${n} items cannot fit into what is left`);
    return Number(n);
  }

  /** UTF-8 text behind a vint length of at most `limit` bytes. */
  string(limit: number): string {
    return this.utf8(this.count(1, limit));
  }
  /** `length` bytes of UTF-8. */
  utf8(length: number): string {
    const bytes = this.bytes(length);
    try {
      return UTF8.decode(bytes);
    } catch {
      return this.fail('a text is not valid UTF-8');
    }
  }

  /** Call last: nothing may follow. */
  end(): void {
    if (this.remaining > 0) this.fail(`${this.remaining} bytes too many`);
  }
}

/** Bytes {@link ByteWriter.vint} takes for `value`. */
function vintLength(value: bigint): number {
  let bits = 0;
  for (let v = value; v > 0n; v >>= 1n) bits++;
  return bits === 0 ? 1 : bits > 56 ? VINT_LONG : Math.ceil(bits / 7);
}

/** Writes what {@link ByteReader} reads. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #grow(by: number): number {
    const at = this.#length;
    this.#length += by;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }
  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
    return this;
  }
  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }
  u64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, value, true);
    return this;
  }
  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }
  bytes(value: Uint8Array): this {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }
  felt(value: Felt): this {
    return this.u64(value);
  }
  word(value: Word): this {
    for (const x of value) this.u64(x);
    return this;
  }
  vint(value: bigint | number): this {
    const v = BigInt(value);
    const length = vintLength(v);
    if (length === VINT_LONG) return this.u8(0).u64(v);
    let encoded = ((v << 1n) | 1n) << BigInt(length - 1);
    for (let i = 0; i < length; i++) {
      this.u8(Number(encoded & 0xffn));
      encoded >>= 8n;
    }
    return this;
  }
  string(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.vint(bytes.length).bytes(bytes);
  }

  /** A copy of everything written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
