import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import { KilnError } from '../../errors.ts';
import { MODULUS } from '../../field/felt.ts';
import { Op, type Opcode } from '../opcodes.ts';
import { BATCH_SIZE, buildBatches, digestBatches, GROUP_SIZE, rawIndices, rawOperations } from './batch.ts';
import { readForest, writeForest } from './format.ts';
import { blockNode, joinDigest, loopDigest } from './nodes.ts';
import { carriesErrorCode, isBlockOpcode, operation } from './operation.ts';
import type { MastForest, MastNode } from './types.ts';

/** Forests written by the official assembler for programs of `masm/`. */
const OFFICIAL = new URL('../../../test/vectors/mast/', import.meta.url);
const official = readdirSync(OFFICIAL)
  .filter((name) => name.endsWith('.mast'))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, OFFICIAL))) }));

const plainOpcodes = Object.values(Op).filter(
  (op) => isBlockOpcode(op) && op !== Op.PUSH && !carriesErrorCode(op),
);
const felt = fc.bigInt(0n, MODULUS - 1n);
const anyOperation = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...plainOpcodes).map((op) => operation(op)) },
  { weight: 2, arbitrary: felt.map((imm) => operation(Op.PUSH, imm)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom<Opcode>(Op.ASSERT, Op.MPVERIFY, Op.U32ASSERT2), felt)
      .map(([op, imm]) => operation(op, imm)),
  },
);
const operations = fc.array(anyOperation, { minLength: 1, maxLength: 300, size: 'max' });

const forestOf = (...nodes: MastNode[]): MastForest => ({
  nodes,
  roots: [nodes.length - 1],
  adviceMap: [],
  errorMessages: new Map(),
});

test('batches keep the operations and the rules of the format', () => {
  fc.assert(
    fc.property(operations, (ops) => {
      const batches = buildBatches(ops);
      assert.deepEqual(rawOperations(batches), ops);
      batches.forEach((batch, i) => {
        assert.ok(
          i + 1 < batches.length ? batch.groupCount === BATCH_SIZE : [1, 2, 4, 8].includes(batch.groupCount),
        );
        assert.equal(batch.groupStarts[batch.groupCount], batch.ops.length);
        for (let g = 0; g < batch.groupCount; g++) {
          const group = batch.ops.slice(batch.groupStarts[g], batch.groupStarts[g + 1]);
          assert.ok(group.length <= GROUP_SIZE);
          assert.notEqual(group.at(-1)?.op, Op.PUSH);
          if (batch.padded[g]) assert.equal(group.at(-1)?.op, Op.NOOP);
        }
      });
    }),
  );
});

test('a PUSH never ends a group, and its value follows in the next free slot', () => {
  const drop = operation(Op.DROP);
  const [batch] = buildBatches([...new Array(8).fill(drop), operation(Op.PUSH, 7n)]);
  assert.deepEqual(batch.groupStarts, [0, 8, 10, 10, 11]);
  assert.deepEqual(batch.groups.slice(2, 4), [7n, 0n]);
  assert.deepEqual(batch.padded, [false, true, false, true]);
});

test('spans of operations skip the padding', () => {
  const file = { name: 'a.masm', text: '' };
  const spans = [0, 1].map((start) => ({ file, start, end: start + 1 }));
  const node = blockNode([operation(Op.PUSH, 2n), operation(Op.PUSH, 3n)], spans);
  assert.deepEqual(node.spans, [...spans, undefined, undefined]);
  assert.deepEqual(
    [...rawIndices(node.batches)].map(({ index }) => index),
    [0, 1],
  );
});

test('official forests: read, hash, batch again, write, all equal', () => {
  assert.ok(official.length >= 5);
  for (const { name, bytes } of official) {
    const forest = readForest(bytes);
    assert.deepEqual(writeForest(forest), bytes, name);
    for (const node of forest.nodes) {
      if (node.kind === 'block')
        assert.deepEqual(buildBatches(rawOperations(node.batches)), node.batches, name);
    }
  }
});

test('any forest reads back as it was written', () => {
  fc.assert(
    fc.property(operations, operations, felt, (a, b, value) => {
      const [first, second] = [blockNode(a), blockNode(b)];
      const join = joinDigest(first.digest, second.digest);
      const forest: MastForest = {
        ...forestOf(
          { kind: 'external', digest: [value, 0n, 0n, 0n] },
          first,
          second,
          { kind: 'join', first: 1, second: 2, digest: join },
          { kind: 'loop', body: 3, digest: loopDigest(join) },
        ),
        adviceMap: [[[1n, 2n, 3n, value], [value]]],
      };
      assert.deepEqual(readForest(writeForest(forest)), forest);
    }),
    { numRuns: 50 },
  );
});

const refuses = (bytes: Uint8Array, pattern: RegExp) =>
  assert.throws(
    () => readForest(bytes),
    (error) => error instanceof FormatError && pattern.test(error.message),
  );
const patched = (bytes: Uint8Array, at: number, ...values: number[]) => {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
};

test('a reader refuses what no writer writes', () => {
  const block = blockNode([operation(Op.ADD)]);
  const bytes = writeForest(forestOf(block));
  // "MAST", flags, version, counts 1 and 0, one root, block data, entry, digest, advice map.
  const data = 8 + 1 + 1 + 1 + 4;
  refuses(patched(bytes, 0, 0x20), /MAST/);
  refuses(patched(bytes, 4, 1), /unknown flags/);
  refuses(patched(bytes, 7, 9), /version is 0.0.9/);
  refuses(patched(bytes, 8, 0xff), /127 items cannot fit/);
  refuses(patched(bytes, 11, 1), /root/);
  refuses(patched(bytes, data + 2, Op.JOIN), /not an operation/);
  refuses(patched(bytes, data + 2, Op.NEG), /digest of node 0 is wrong/);
  refuses(patched(bytes, data + 3, 0), /empty/);
  refuses(patched(bytes, data + 6, 1), /too early for its batches/);
  refuses(patched(bytes, data + 7, 10), /group has 10 operations/);
  refuses(patched(bytes, data + 7, 0), /batch is empty/);
  refuses(patched(bytes, data + 7, 2), /more operations than its block/);
  refuses(patched(bytes, data + 11, 1), /does not end with NOOP/);
  refuses(patched(bytes, data + 11, 2), /marked as padded/);
  refuses(patched(bytes, data + 12, 1), /misplaced/);
  refuses(patched(bytes, data + 19, 0x00), /refers to node 0/);
  refuses(patched(bytes, data + 19, 0xf0), /unknown kind/);
  refuses(patched(bytes, data + 19, 0x60), /data|digest of node/);
  refuses(patched(bytes, data + 19, 0x80), /external nodes/);
  refuses(bytes.slice(0, -1), /early/);
  refuses(Uint8Array.from([...bytes, 0]), /1 bytes too many/);
});

test('a writer refuses nodes out of order', () => {
  const block = blockNode([operation(Op.ADD)]);
  const loop: MastNode = { kind: 'loop', body: 1, digest: loopDigest(block.digest) };
  assert.throws(() => writeForest(forestOf(loop, block)), RangeError);
  assert.throws(() => writeForest(forestOf(block, loop)), RangeError);
});

test('hashless forests: digests are computed', () => {
  const forest = forestOf(blockNode([operation(Op.ADD)]));
  const bytes = writeForest(forest);
  const hashless = Uint8Array.from([...patched(bytes, 4, 2).slice(0, -33), bytes.at(-1)!]);
  assert.deepEqual(readForest(hashless), forest);
});

test('hostile bytes: a typed error or a forest that writes back the same', () => {
  const from = fc.constantFrom(...official.map(({ bytes }) => bytes));
  const change = fc.record({ at: fc.nat(1 << 16), value: fc.nat(255) });
  fc.assert(
    fc.property(from, fc.array(change, { maxLength: 4 }), fc.nat(1 << 16), (bytes, changes, cut) => {
      let hostile = bytes.slice(0, cut > bytes.length ? undefined : cut);
      for (const { at, value } of changes) {
        if (hostile.length > 0) hostile = patched(hostile, at % hostile.length, value);
      }
      try {
        assert.deepEqual(writeForest(readForest(hostile)), hostile);
      } catch (error) {
        assert.ok(error instanceof KilnError, String(error));
      }
    }),
    { numRuns: 5000 },
  );
});

test('digest of a block is that of its groups', () => {
  assert.notDeepEqual(
    digestBatches(buildBatches([operation(Op.ADD)])),
    digestBatches(buildBatches([operation(Op.MUL)])),
  );
  assert.deepEqual(
    blockNode([operation(Op.ASSERT, 5n)]).digest,
    blockNode([operation(Op.ASSERT)]).digest,
    'error codes are not hashed',
  );
});
