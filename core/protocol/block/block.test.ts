import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { Asset } from '../asset/asset.ts';
import { Batch } from '../batch/batch.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import * as arbitrary from '../testing/arbitrary.ts';
import { accounts, chain, notes, old, state, transaction } from '../testing/made-up.ts';
import { publish } from '../transaction/note-lists.ts';
import { Block, checkSuccessor } from './block.ts';
import { BlockBody } from './block-body.ts';
import {
  type BlockHeader,
  blockCommitment,
  blockHeaderFromBytes,
  blockHeaderToBytes,
  blockSubCommitment,
  epochOf,
  subElements,
} from './block-header.ts';
import { epochBlocksCommitment, epochCommitment, epochFromBytes, epochToBytes } from './epoch.ts';
import {
  kernelConfigCommitment,
  nextConfigCommitment,
  proofConfigCommitment,
  protocolConfigCommitment,
  validatorConfigCommitment,
} from './protocol-config.ts';

const u32 = fc.nat({ max: 2 ** 32 - 1 });
const { digest } = arbitrary;
const header: fc.Arbitrary<BlockHeader> = fc.record(
  {
    number: u32,
    timestamp: u32,
    previous: digest,
    chain: digest,
    accountRoot: digest,
    nullifierRoot: digest,
    noteRoot: digest,
    transactions: digest,
    protocolConfig: digest,
    validatorConfig: digest,
    nextConfig: digest,
    baseFee: u32,
  },
  { noNullPrototype: true },
);
const sample = <T>(generator: fc.Arbitrary<T>, seed = 1): T => fc.sample(generator, { numRuns: 1, seed })[0];
const refuses = (pattern: RegExp) => (error: unknown) =>
  error instanceof ProtocolError && error.kind === 'block' && pattern.test(error.message);
const isBlockError = (error: unknown) => error instanceof ProtocolError && error.kind === 'block';

test('a header survives its bytes; every field is in its commitment', () => {
  fc.assert(
    fc.property(header, header, (a, b) => {
      assert.deepEqual(blockHeaderFromBytes(blockHeaderToBytes(a)), a);
      assert.equal(subElements(a).length, 40);
      assert.deepEqual(
        blockCommitment(a),
        commitPair(ProtocolDomain.BLOCK, blockSubCommitment(a), a.noteRoot),
      );
      for (const field of Object.keys(a) as (keyof BlockHeader)[]) {
        if (String(a[field]) === String(b[field])) continue;
        assert.notDeepEqual(blockCommitment({ ...a, [field]: b[field] }), blockCommitment(a), field);
      }
    }),
    { numRuns: 30 },
  );
  const bytes = blockHeaderToBytes(sample(header));
  assert.throws(() => blockHeaderFromBytes(bytes.subarray(1)), FormatError);
  assert.throws(() => blockHeaderFromBytes(Uint8Array.of(...bytes, 0)), FormatError);
});

test('epochs: 2^16 blocks each; a record survives its bytes', () => {
  assert.deepEqual(
    [0, 65_535, 65_536, 4_294_967_295].map((n) => epochOf(n)),
    [0, 0, 1, 65_535],
  );
  assert.equal(epochOf(9, 2), 2);
  const [a, b, c] = [1, 2, 3].map((seed) => sample(digest, seed));
  const record = {
    epoch: 1,
    firstBlock: 65_536,
    blockCount: 65_536,
    previous: a,
    blocks: epochBlocksCommitment([a, b]),
    chain: b,
    accountRoot: c,
    nullifierRoot: a,
  };
  assert.deepEqual(epochFromBytes(epochToBytes(record)), record);
  assert.notDeepEqual(epochCommitment(record), epochCommitment({ ...record, blockCount: 1 }));
  assert.notDeepEqual(epochBlocksCommitment([a, b]), epochBlocksCommitment([b, a]));
  assert.throws(() => epochFromBytes(epochToBytes(record).subarray(0, -1)), FormatError);
});

test('configurations: fees in a fungible asset, one to five validators', () => {
  const faucet = new AccountId(0x11n, 0n);
  const word = sample(digest);
  const kernel = kernelConfigCommitment({ program: word, procedures: [word] });
  assert.notDeepEqual(kernel, kernelConfigCommitment({ program: word, procedures: [] }));
  const proofs = proofConfigCommitment({
    verifier: word,
    precompileVerifier: word,
    estimator: word,
    minimumBits: 96,
  });
  const config = { transactionKernel: kernel, batchKernel: word, blockKernel: word, proofs };
  const coin = Asset.fungible(faucet, 1n).id;
  const picture = Asset.unique(faucet, Uint8Array.of(1)).id;
  assert.notDeepEqual(
    protocolConfigCommitment({ ...config, feeAsset: coin }),
    protocolConfigCommitment({ ...config, feeAsset: coin, proofs: word }),
  );
  assert.throws(() => protocolConfigCommitment({ ...config, feeAsset: picture }), isBlockError);
  assert.notDeepEqual(nextConfigCommitment(1, word), nextConfigCommitment(2, word));
  const keys = Array.from({ length: 6 }, (_, i): Word => [BigInt(i), 0n, 0n, 0n]);
  assert.notDeepEqual(
    validatorConfigCommitment(1, keys.slice(0, 5)),
    validatorConfigCommitment(2, keys.slice(0, 5)),
  );
  for (const [quorum, list] of [
    [1, keys],
    [1, []],
    [0, keys.slice(1)],
    [3, keys.slice(4)],
  ] as const)
    assert.throws(() => validatorConfigCommitment(quorum, list), isBlockError);
  assert.notDeepEqual(kernel, EMPTY_WORD);
});

const [open, hidden] = accounts;
const batch = new Batch(
  {
    referenceBlock: 8,
    referenceCommitment: chain(8)!,
    transactions: [
      transaction({ makes: notes.slice(0, 2) }),
      transaction({ account: hidden, consumes: [notes[0]], authenticated: [old[0]] }),
    ],
  },
  chain,
);
const contents = { batches: [batch] };
const body = BlockBody.of(10, contents, chain);
const headerOf = (number: number, of: BlockBody, previous: Word): BlockHeader => ({
  ...sample(header),
  number,
  previous,
  noteRoot: of.noteTree.root,
  transactions: of.transactionsCommitment,
});
const tenth = headerOf(10, body, sample(digest));
const none = { updates: [], batches: [], nullifiers: [] };

test('a block survives its bytes; header and body agree', () => {
  const block = new Block(tenth, body);
  assert.deepEqual(block.commitment, blockCommitment(tenth));
  const bytes = block.toBytes();
  const again = Block.fromBytes(bytes);
  assert.deepEqual(again.toBytes(), bytes);
  assert.deepEqual(again.header, tenth);
  assert.throws(() => Block.fromBytes(bytes.subarray(0, -1)), FormatError);
  assert.throws(() => Block.fromBytes(Uint8Array.of(...bytes, 0)), FormatError);
  assert.throws(() => Block.fromBytes(Uint8Array.of(2, ...bytes.subarray(1))), FormatError);

  const other = sample(digest, 2);
  assert.throws(() => new Block({ ...tenth, noteRoot: other }, body), refuses(/note root/));
  assert.throws(() => new Block({ ...tenth, transactions: other }, body), refuses(/other transactions/));
  // The same in bytes: note root after format, header's format, two numbers and four words.
  const forged = bytes.slice();
  forged[10 + 4 * 32] ^= 1;
  assert.throws(
    () => Block.fromBytes(forged),
    (error) => error instanceof FormatError && /note root/.test(error.message),
  );
});

test('the accounts of a block change as its transactions say', () => {
  const [first, second] = body.updates;
  assert.deepEqual([first.id, second.id], [open, hidden]);
  for (const updates of [
    [],
    [first],
    [first, { ...second, final: state(hidden, 9) }],
    [first, { ...second, initial: state(hidden, 9) }],
    [first, second, { ...second, id: accounts[3] }],
    [first, { ...second, id: accounts[3] }],
  ])
    assert.throws(() => new Block(tenth, new BlockBody({ ...body, updates })), refuses(/otherwise/));
  const empty = new BlockBody({ ...none, updates: [second] });
  assert.throws(() => new Block(headerOf(10, empty, EMPTY_WORD), empty), refuses(/otherwise/));
});

test('a body is checked against its batches', () => {
  const block = new Block(tenth, body);
  assert.doesNotThrow(() => block.checkContents(contents, chain));
  assert.throws(() => block.checkContents({ batches: [] }, chain), refuses(/what its batches make/));
  const nullifiers = [sample(digest)];
  const forged = new Block(tenth, new BlockBody({ ...body, nullifiers }));
  assert.throws(() => forged.checkContents(contents, chain), refuses(/what its batches make/));
  const late = new Block({ ...tenth, number: 13 }, body);
  assert.throws(() => late.checkContents(contents, chain), refuses(/expired/));
});

test('the first block makes accounts, by no transaction', () => {
  const [, second] = body.updates;
  const genesis = new BlockBody({ ...none, updates: [{ ...second, initial: EMPTY_WORD }] });
  const first = headerOf(0, genesis, EMPTY_WORD);
  assert.doesNotThrow(() => new Block(first, genesis));
  assert.throws(() => new Block({ ...first, previous: sample(digest) }, genesis), refuses(/before it/));
  const spending = new BlockBody({ ...none, nullifiers: [sample(digest)] });
  assert.throws(() => new Block(headerOf(0, spending, EMPTY_WORD), spending), refuses(/has transactions/));
  assert.throws(() => new Block(headerOf(0, body, EMPTY_WORD), body), refuses(/has transactions/));
  const changing = new BlockBody({ ...none, updates: [second] });
  assert.throws(() => new Block(headerOf(0, changing, EMPTY_WORD), changing), refuses(/cannot be there/));
});

test('only the first block makes notes without a transaction', () => {
  const [note] = notes;
  const placed = { index: 0, id: note.id, note: publish({ kind: 'full', note }) };
  const making = new BlockBody({ ...none, batches: [{ transactions: [], notes: [placed] }] });
  assert.doesNotThrow(() => new Block(headerOf(0, making, EMPTY_WORD), making));
  assert.throws(() => new Block(headerOf(1, making, EMPTY_WORD), making), refuses(/no transaction/));
});

test('a block comes right after its parent, and later', () => {
  const parent = { ...sample(header, 2), number: 9, timestamp: 100 };
  const next = { ...tenth, previous: blockCommitment(parent), timestamp: 101 };
  assert.doesNotThrow(() => checkSuccessor(next, parent));
  for (const number of [9, 11])
    assert.throws(() => checkSuccessor({ ...next, number }, parent), refuses(/number/));
  assert.throws(
    () => checkSuccessor({ ...next, previous: parent.previous }, parent),
    refuses(/another parent/),
  );
  assert.throws(() => checkSuccessor({ ...next, timestamp: 100 }, parent), refuses(/later/));
});
