import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { and8Preprocessed } from './table.ts';

const url = new URL('../../../test/vectors/air.json', import.meta.url);
const { and8Preprocessed: vector } = JSON.parse(readFileSync(url, 'utf8')) as {
  and8Preprocessed: { columns: string[]; rows: { row: number; values: string[] }[] };
};

test('the fixed columns are the official ones', () => {
  const { data, height, width } = and8Preprocessed();
  const columns = Array.from({ length: width }, (_, c) => data.subarray(c * height, (c + 1) * height));
  for (const { row, values } of vector.rows) {
    assert.deepEqual(
      columns.map((column) => String(column[row])),
      values,
    );
  }
  const hashes = columns.map((c) => bytesToHex(blake3(new Uint8Array(c.buffer, c.byteOffset, c.byteLength))));
  assert.deepEqual(hashes, vector.columns);
});

test('the table is built once', () => {
  assert.equal(and8Preprocessed(), and8Preprocessed());
});
