import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../bytes.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { AccountId } from '../account/account-id.ts';
import { Asset } from '../asset/asset.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import * as arbitrary from '../testing/arbitrary.ts';
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
