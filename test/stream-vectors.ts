import { readFileSync } from 'node:fs';
import type { Stream } from '../core/stark/randomness/stream.ts';
import { streamNonce } from '../core/stark/randomness/stream.ts';

interface Read {
  readonly purpose: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  readonly air: number;
  readonly column: number;
  readonly first: number;
  readonly words: string[];
}

export interface StreamVector {
  readonly stream: Stream;
  /** Number of the first element or leaf. */
  readonly first: number;
  readonly words: bigint[];
}

/** What `vectors/chacha.json` says that streams hold; the file's `schema` explains it. */
export function streamVectors(): { readonly elements: StreamVector[]; readonly salts: StreamVector[] } {
  const file = JSON.parse(readFileSync(new URL('vectors/chacha.json', import.meta.url), 'utf8')) as {
    readonly key: string;
    readonly elements: Read[];
    readonly salts: Read[];
  };
  const key = new Uint32Array(Uint8Array.from(Buffer.from(file.key, 'hex')).buffer);
  const vector = ({ purpose, air, column, first, words }: Read): StreamVector => ({
    stream: { key, nonce: streamNonce(purpose, air, column) },
    first,
    words: words.map(BigInt),
  });
  return { elements: file.elements.map(vector), salts: file.salts.map(vector) };
}
