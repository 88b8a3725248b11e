import { type Felt, MODULUS } from '../../core/field/felt.ts';
import { demand } from './rejection.ts';

/** A cursor over proof bytes, integers little-endian. Whatever does not fit is a `format` rejection. */
export class Bytes {
  readonly #bytes: Uint8Array;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  take(length: bigint | number): Uint8Array {
    demand(BigInt(length) <= this.#bytes.length - this.#at, 'format', 'the bytes end early');
    const from = this.#at;
    this.#at += Number(length);
    return this.#bytes.subarray(from, this.#at);
  }
  integer(length: number): bigint {
    return littleEndian(this.take(length));
  }
  /** Length in unary (trailing zeros of the first byte, plus one), then seven bits per byte; nine bytes: 0 and a u64. */
  vint(): bigint {
    const first = this.take(1)[0];
    if (first === 0) {
      const value = this.integer(8);
      demand(value >> 56n > 0n, 'format', 'a length is not in its shortest form');
      return value;
    }
    let length = 1;
    while (((first >> (length - 1)) & 1) === 0) length++;
    const value = (BigInt(first) | (this.integer(length - 1) << 8n)) >> BigInt(length);
    demand(
      length === 1 || value >> BigInt(7 * (length - 1)) > 0n,
      'format',
      'a length is not in its shortest form',
    );
    return value;
  }
  end(): void {
    demand(this.#at === this.#bytes.length, 'format', 'bytes after the end');
  }
}

export const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

export function felts(bytes: Uint8Array): Felt[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 8 }, (_, i) => {
    const value = view.getBigUint64(8 * i, true);
    demand(value < MODULUS, 'format', `${value} is no canonical field element`);
    return value;
  });
}

export function feltBytes(values: readonly Felt[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setBigUint64(8 * i, value, true);
  return bytes;
}

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
