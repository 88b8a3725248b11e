import { KilnError } from '../errors.ts';
import { type Felt, isCanonical } from './felt.ts';

/**
 * The official stack's byte encodings: little-endian integers, field elements of 8 canonical bytes, and
 * variable-length integers whose byte count is the number of trailing zero bits of the first byte plus one
 * (miden-serde-utils 1.0.0-rc.0, src/byte_reader.rs).
 */

/** Bytes that are not what their format says: truncated, out of range, not canonical, or followed by more. */
export class MalformedBytesError extends KilnError {
  /** Where the reader stood, in bytes from the start. */
  readonly offset: number;

  constructor(what: string, reason: string, offset: number) {
    super('malformed-bytes', `the ${what} is damaged: ${reason}`, {
      details: `at byte ${offset}`,
      advice: 'Get the file again from where it came from, or build it again.',
    });
    this.offset = offset;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads forward over a byte array. Every length is checked against what is left before memory is taken. */
export class ByteReader {
  readonly what: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** @param what names the data in error messages, e.g. "MAST forest". */
  constructor(bytes: Uint8Array, what: string) {
    this.what = what;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  fail(reason: string): never {
    throw new MalformedBytesError(this.what, reason, this.#at);
  }

  #take(length: number): number {
    if (length > this.remaining) this.fail(`it ends ${length - this.remaining} bytes too early`);
    const at = this.#at;
    this.#at += length;
    return at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)];
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

  /** A variable-length integer of at most 2^53 - 1, in its shortest form. */
  vint(): number {
    if (this.remaining === 0) this.fail('it ends too early');
    const first = this.#bytes[this.#at];
    const length = first === 0 ? 9 : 32 - Math.clz32(first & -first);
    let value: bigint;
    if (length === 9) {
      this.#take(1);
      value = this.u64();
    } else {
      const at = this.#take(length);
      let encoded = 0n;
      for (let i = length - 1; i >= 0; i--) encoded = (encoded << 8n) | BigInt(this.#bytes[at + i]);
      value = encoded >> BigInt(length);
    }
    if (length !== vintLength(value)) this.fail('a length is not in its shortest form');
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail(`a length of ${value} is absurd`);
    return Number(value);
  }

  /** The length of a list whose items take at least `minItemBytes` each: it must fit in what is left. */
  count(minItemBytes: number): number {
    const count = this.vint();
    if (count * minItemBytes > this.remaining) {
      this.fail(`it announces ${count} items, more than its ${this.remaining} remaining bytes can hold`);
    }
    return count;
  }

  felt(): Felt {
    const value = this.u64();
    if (!isCanonical(value)) this.fail('a field element is not below the modulus');
    return value;
  }

  word(): [Felt, Felt, Felt, Felt] {
    return [this.felt(), this.felt(), this.felt(), this.felt()];
  }

  /** A view of the next `length` bytes (not a copy). */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** `length` bytes of UTF-8. */
  text(length: number): string {
    const bytes = this.bytes(length);
    try {
      return UTF8.decode(bytes);
    } catch {
      return this.fail('a text is not UTF-8');
    }
  }

  bool(): boolean {
    const value = this.u8();
    if (value > 1) this.fail('a flag is neither 0 nor 1');
    return value === 1;
  }

  /** Checks that nothing follows. */
  end(): void {
    if (this.remaining > 0) this.fail(`${this.remaining} bytes follow its end`);
  }
}

const ENCODER = new TextEncoder();

/** Appends to a growing byte array; the counterpart of {@link ByteReader}. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  #grow(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
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

  vint(value: number): this {
    const wide = BigInt(value);
    const length = vintLength(wide);
    if (length === 9) return this.u8(0).u64(wide);
    let encoded = ((wide << 1n) | 1n) << BigInt(length - 1);
    for (let i = 0; i < length; i++, encoded >>= 8n) this.u8(Number(encoded & 0xffn));
    return this;
  }

  felt(value: Felt): this {
    return this.u64(value);
  }

  word(value: readonly Felt[]): this {
    for (let i = 0; i < 4; i++) this.u64(value[i]);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** UTF-8 after its length as a variable-length integer. */
  string(value: string): this {
    const bytes = ENCODER.encode(value);
    return this.vint(bytes.length).bytes(bytes);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Bytes a variable-length integer takes: seven value bits per byte up to eight bytes, else nine. */
function vintLength(value: bigint): number {
  for (let length = 1; length <= 8; length++) if (value < 1n << BigInt(7 * length)) return length;
  return 9;
}
