import { blake3 } from '@noble/hashes/blake3.js';
import { blake3Lanes } from '../core/hash/blake3.ts';
import { hashElements, merge } from '../core/hash/eidos.ts';
import { compressLanes } from '../core/hash/eidos-compress.ts';
import type { Word } from '../core/hash/word.ts';

/**
 * Hashes a second on one thread in plain TypeScript, by processor time, so that other load on the machine does not count.
 * A compression is 64 bytes of input for either hash. The goal is 8 million Eidos compressions a second.
 * Usage: npm run bench:hash
 */
const GOAL = 8e6;
const ROUNDS = 5;

/** Best rate of a few rounds; `work(n)` does n of what is counted. */
function rate(work: (n: number) => void, n: number): number {
  work(n);
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    work(n);
    const { user, system } = process.cpuUsage(start);
    best = Math.max(best, n / ((user + system) / 1e6));
  }
  return best;
}

const lanes = Uint32Array.from({ length: 16 * 1024 }, (_, i) => (i * 0x9e3779b9) >>> 1);
const state = lanes.slice(0, 8);
const bytes = new Uint8Array(lanes.buffer, 0, 64);
const out = new Uint32Array(8);
const elements = Array.from({ length: 8 * 64 }, (_, i) => BigInt(i));
const pair: [Word, Word] = [
  [1n, 2n, 3n, 4n],
  [5n, 6n, 7n, 8n],
];

const rows: [name: string, rate: number][] = [
  [
    'Eidos compression, a chain',
    rate((n) => {
      for (let i = 0; i < n; i++) compressLanes(state, 0, lanes, 16 * (i % 1024), state, 0);
    }, 2e6),
  ],
  [
    'Eidos compression, independent',
    rate((n) => {
      for (let i = 0; i < n; i++) compressLanes(lanes, 8 * (i % 1024), lanes, 16 * (i % 1024), out, 0);
    }, 2e6),
  ],
  [
    'Eidos hashElements, 512 field elements',
    rate((n) => {
      for (let i = 0; i < n; i += 64) hashElements(elements);
    }, 64 * 4096),
  ],
  [
    'Eidos merge of two words',
    rate((n) => {
      for (let i = 0; i < n; i++) pair[0] = merge(...pair);
    }, 2e5),
  ],
  [
    'BLAKE3, 64 bytes, ours on lanes',
    rate((n) => {
      for (let i = 0; i < n; i++) blake3Lanes(lanes, 16 * (i % 1024), 16, out, 0);
    }, 1e6),
  ],
  [
    'BLAKE3, 64 bytes, @noble/hashes (peer)',
    rate((n) => {
      for (let i = 0; i < n; i++) blake3(bytes);
    }, 1e5),
  ],
];

console.log('one thread, processor time                  compressions/s');
for (const [name, value] of rows) console.log(`${name.padEnd(42)}${(value / 1e6).toFixed(2).padStart(12)} M`);
console.log(
  `Goal of ${GOAL / 1e6} M Eidos compressions: ${((100 * rows[0][1]) / GOAL).toFixed(0)}% (a chain)`,
);
