import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { FormatError } from '../../core/bytes.ts';
import { KilnError } from '../../core/errors.ts';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { runAtOnce } from '../../core/pace.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAttachments } from '../../core/protocol/note/note-attachments.ts';
import { kernelIdentity } from '../../core/protocol/prover/claim.ts';
import { proveTransaction } from '../../core/protocol/prover/prove-transaction.ts';
import { verifyTransaction } from '../../core/protocol/prover/verify-transaction.ts';
import {
  readingWitness,
  transactionWitness,
  witnessToBytes,
} from '../../core/protocol/transaction/executed-transaction.ts';
import { inputCommitment } from '../../core/protocol/transaction/note-lists.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { CpuBackend } from '../../core/stark/cpu/backend.ts';
import { VerificationError } from '../../core/stark/errors.ts';
import { HEIGHT_CLASSES } from '../../core/stark/profile.ts';
import { ExecutionError } from '../../core/vm/errors.ts';
import { nodeWorkerHost } from '../../main/platform/node-workers.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, script, sending, wallet } from './transactions.ts';

const backend = new CpuBackend({ host: nodeWorkerHost, threads: 2 });
after(() => backend.close());

// One transaction that does all there is to forge: it consumes two notes, one of them without proof, and makes two.
const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint) => Asset.fungible(faucet, amount);
const [alice, bob] = [wallet([coins(100n)]), wallet([], { seed: 2 })];
const shown = p2id(bob.id, alice.id, [coins(10n)]);
const unshown = p2id(bob.id, alice.id, [coins(5n)], 2n);
const made = [p2id(alice.id, bob.id, [coins(40n)], 3n), p2id(alice.id, bob.id, [coins(2n)], 4n)];
const { block, notes } = blockWith([shown]);
const executed = executeTransaction(
  kernel,
  {
    account: alice,
    block,
    notes: [...notes, { note: unshown }],
    script: sending(made),
    recipients: made.map(({ recipient }) => recipient),
  },
  { secret: () => SECRET },
);
const witness = transactionWitness(executed);
const bytes = witnessToBytes(witness, kernel);

const identity = kernelIdentity(kernel.program);
const read = (of: Uint8Array) => runAtOnce(readingWitness(of, kernel));
const refuses = (kind: string) => (error: unknown) => error instanceof KilnError && error.kind === kind;

// Proved as on another machine: from the bytes alone.
const { transaction, logHeights } = await proveTransaction(read(bytes), { backend });

test('a transaction proved elsewhere, from bytes, is verified from its public bytes', () => {
  const received = ProvenTransaction.fromBytes(transaction.toBytes());
  const { hash, logHeights: told } = verifyTransaction(received, { kernel: identity, block });
  assert.equal(hash, 'eidos');
  assert.deepEqual(received.id, executed.id);
  assert.deepEqual(told.slice(0, 3), logHeights);
  assert.ok(HEIGHT_CLASSES.some((each) => each.join() === told.join()));
  assert.deepEqual(witnessToBytes(read(bytes), kernel), bytes);
});

const flip = ([first, ...rest]: Word): Word => [first ^ 1n, rest[0], rest[1], rest[2]];
const { account, inputs, outputs, proof } = transaction;
const [kept, named] = inputs;
const [first, second] = outputs;
assert.ok(named.header && first.kind === 'private' && second.kind === 'private');
const output = (change: Partial<typeof first.header>) => [
  { ...first, header: { ...first.header, ...change } },
  second,
];
const input = inputCommitment({ note: p2id(bob.id, alice.id, [coins(1n)], 77n) });

const FORGED: Readonly<Record<string, Partial<ProvenTransaction>>> = {
  'another account': { account: { ...account, id: bob.id } },
  'another state before': { account: { ...account, initial: flip(account.initial) } },
  'a new account': { account: { ...account, initial: EMPTY_WORD } },
  'another state after': { account: { ...account, final: flip(account.final) } },
  'another change': { account: { ...account, patchCommitment: flip(account.patchCommitment) } },
  'a note consumed left out': { inputs: [kept] },
  'another note consumed': { inputs: [{ nullifier: flip(kept.nullifier) }, named] },
  'a note more consumed': { inputs: [...inputs, input] },
  'notes consumed in another order': { inputs: [named, kept] },
  'a note consumed that claims to be shown': { inputs: [kept, { nullifier: named.nullifier }] },
  'another header of a note consumed': {
    inputs: [kept, { ...named, header: { ...named.header, details: flip(named.header.details) } }],
  },
  'a note made left out': { outputs: [first] },
  'no note made': { outputs: [] },
  'notes made in another order': { outputs: [second, first] },
  'a note more made': { outputs: [...outputs, { kind: 'private', header: input.header! }] },
  'other details of a note made': { outputs: output({ details: flip(first.header.details) }) },
  'another sender of a note made': {
    outputs: output({ metadata: { ...first.header.metadata, sender: bob.id } }),
  },
  'another tag of a note made': { outputs: output({ metadata: { ...first.header.metadata, tag: 8 } }) },
  'another expiration': { expirationBlock: transaction.expirationBlock - 1 },
  'a note made that everybody may see': {
    outputs: [
      { kind: 'public', note: new Note({ ...made[0], metadata: { ...made[0].metadata, type: 'public' } }) },
      second,
    ],
  },
  'attachments of a note made': {
    outputs: output({ attachments: new NoteAttachments([{ scheme: 1, words: [EMPTY_WORD] }]) }),
  },
  'another sender of a note consumed': {
    inputs: [kept, { ...named, header: { ...named.header, metadata: { ...named.header.metadata, tag: 8 } } }],
  },
  'no change of the account': {
    account: { ...account, final: account.initial, patchCommitment: EMPTY_WORD },
  },
  'a proof of nothing': { proof: new Uint8Array(proof.length) },
  'no proof': { proof: new Uint8Array() },
  'a damaged proof': { proof: proof.with(proof.length >> 1, proof[proof.length >> 1] ^ 1) },
};
for (const [what, change] of Object.entries(FORGED)) {
  test(`refused: ${what}`, () => {
    const forged = new ProvenTransaction({ ...transaction, ...change });
    assert.throws(
      () => verifyTransaction(forged, { kernel: identity, block }),
      (error) => error instanceof VerificationError || error instanceof FormatError,
    );
  });
}

test('refused: whatever byte is another, is missing or too much, of public data and proof', () => {
  const honest = transaction.toBytes();
  const published = honest.length - proof.length;
  const place = fc.oneof(fc.nat(published - 1), fc.nat(honest.length - 1));
  const change = fc.oneof(
    fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([at, by]) => honest.with(at, honest[at] ^ by)),
    place.map((at) => Uint8Array.from([...honest.subarray(0, at), ...honest.subarray(at + 1)])),
    fc
      .tuple(place, fc.nat(255))
      .map(([at, byte]) => Uint8Array.from([...honest.subarray(0, at), byte, ...honest.subarray(at)])),
    place.map((at) => honest.subarray(0, at)),
  );
  fc.assert(
    fc.property(change, (forged) => {
      assert.throws(
        () => verifyTransaction(ProvenTransaction.fromBytes(forged), { kernel: identity, block }),
        (error) => error instanceof KilnError,
      );
    }),
    { numRuns: 300 },
  );
});

test('refused: another block, whether its number or anything else in it', () => {
  const later = { ...block, number: block.number + 1 };
  const other = { ...block, timestamp: block.timestamp + 1 };
  for (const each of [later, other])
    assert.throws(
      () => verifyTransaction(transaction, { kernel: identity, block: each }),
      refuses('transaction'),
    );
  const moved = { referenceBlock: later.number };
  const changed = { referenceCommitment: flip(transaction.referenceCommitment) };
  for (const change of [moved, changed]) {
    const forged = new ProvenTransaction({ ...transaction, ...change });
    assert.throws(() => verifyTransaction(forged, { kernel: identity, block }), refuses('transaction'));
  }
});

test('refused: another kernel, or a kind of proof that was not asked for', () => {
  const { program } = kernel;
  const entry = program.forest.roots.find((root) => root !== program.entry) ?? 0;
  assert.throws(
    () => verifyTransaction(transaction, { kernel: kernelIdentity({ ...program, entry }), block }),
    VerificationError,
  );
  const shorter = { ...program, kernel: [] };
  assert.throws(
    () => verifyTransaction(transaction, { kernel: kernelIdentity(shorter), block }),
    VerificationError,
  );
  assert.throws(
    () => verifyTransaction(transaction, { kernel: identity, block, profile: 'miden' }),
    refuses('wrong-profile'),
  );
});

test('the account of another type, or with a change to publish, is no transaction at all', () => {
  const id = new AccountId(account.id.prefix | 0x10n, account.id.suffix);
  assert.throws(
    () => new ProvenTransaction({ ...transaction, account: { ...account, id } }),
    refuses('transaction'),
  );
  assert.throws(
    () => new ProvenTransaction({ ...transaction, account: { ...account, patch: executed.patch } }),
    refuses('transaction'),
  );
});

test('a witness that was changed is refused before it is proved', async () => {
  const wrongFormat = bytes.with(0, 2);
  assert.throws(() => read(wrongFormat), FormatError);
  assert.throws(() => read(bytes.subarray(0, -1)), FormatError);
  assert.throws(() => read(bytes.with(1, bytes[1] ^ 1)), refuses('transaction'));
  // The last element that was drawn.
  const lies = read.bind(null, bytes.with(bytes.length - 8, bytes[bytes.length - 8] ^ 1));
  await assert.rejects(
    async () => proveTransaction(lies(), { backend }),
    (error) => error instanceof ExecutionError || error instanceof ProtocolError,
  );
  const other = transactionWitness(
    executeTransaction(kernel, { account: alice, block, script: script('dropw') }, { secret: () => SECRET }),
  );
  await assert.rejects(
    proveTransaction({ ...witness, execution: other.execution }, { backend }),
    refuses('transaction'),
  );
  const deferring = { ...witness.execution, deferredRoot: account.final };
  await assert.rejects(proveTransaction({ ...witness, execution: deferring }, { backend }), /precompiles/);
});

test('proving is cancelled', async () => {
  await assert.rejects(
    proveTransaction(witness, { backend, signal: AbortSignal.abort() }),
    refuses('cancelled'),
  );
});
