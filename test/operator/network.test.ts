import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAtOnce } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import { AccountBuilder } from '../../core/protocol/account/builder.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { NoteAttachments } from '../../core/protocol/note/note-attachments.ts';
import { fungibleFaucet, readFaucet } from '../../core/protocol/standards/faucet.ts';
import { MINT, mintNote } from '../../core/protocol/standards/mint.ts';
import { networkAuthComponent, networkTarget } from '../../core/protocol/standards/network-account.ts';
import { P2ID, p2idNote } from '../../core/protocol/standards/p2id.ts';
import { standardProcedure } from '../../core/protocol/standards/standards.ts';
import { publish, publishedNoteToBytes } from '../../core/protocol/transaction/note-lists.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import { genesisSource } from '../../operator/genesis/genesis.ts';
import { NetworkRunner, type NetworkRunnerOptions } from '../../operator/network/runner.ts';
import { Operator } from '../../operator/operator.ts';
import { kernel, newAccount } from '../protocol/transactions.ts';
import { inOwnFolder, secret, validators, verifier } from './operators.ts';

const [owner, stranger, bob] = [1, 2, 3].map((seed) => newAccount({ seed }).id);
const builder = new AccountBuilder([
  networkAuthComponent(kernel, { noteScripts: [standardProcedure(kernel, MINT)] }),
  ...fungibleFaucet(kernel, { symbol: 'NET', decimals: 0, maxSupply: 1000n, owner, mint: 'owner' }),
]);
const { id, code, storage, vault } = runAtOnce(
  builder.building({ type: 'public', random: new Uint8Array(32).fill(1) }),
);
/** An issuer that anybody runs, and that mints for its owner. */
const issuer = new Account({ id, nonce: 1n, code, storage, vault });

const paying = (amount: bigint, type: 'private' | 'public', serial: bigint): Note =>
  p2idNote(kernel, {
    sender: id,
    target: bob,
    salt: [1n, 2n],
    serial: [serial, 1n, 1n, 1n],
    type,
    assets: [Asset.fungible(id, amount)],
  });
function asking(
  sender: AccountId,
  amount: bigint,
  serial: bigint,
  made: Partial<{ type: 'public'; from: number }> = {},
): Note {
  const { type = 'private', from } = made;
  const note = paying(amount, type, serial);
  const hint =
    from === undefined ? ({ kind: 'always' } as const) : ({ kind: 'from-block', block: from } as const);
  return mintNote(kernel, {
    sender,
    serial: [serial, 2n, 2n, 2n],
    asset: Asset.fungible(id, amount),
    recipient: note.recipient,
    type,
    tag: note.metadata.tag,
    attachments: new NoteAttachments([networkTarget({ target: id, hint })]),
  });
}

const published = (note: Note): Uint8Array => publishedNoteToBytes(publish({ kind: 'full', note }));

async function withNotes(
  notes: readonly Note[],
  work: (operator: Operator, runner: NetworkRunner, failures: unknown[]) => Promise<void>,
  change: Partial<NetworkRunnerOptions> = {},
): Promise<void> {
  const source = genesisSource(
    {
      name: 'mine',
      timestamp: 1,
      feeIssuer: id,
      validators,
      accounts: [issuer],
      notes: notes.map(published),
    },
    kernel,
  );
  await inOwnFolder(async (folder) => {
    const operator = Operator.open(
      { folder, kernel, validators: [secret], version: '1', verifier: verifier() },
      source,
    );
    const failures: unknown[] = [];
    const runner = new NetworkRunner({
      operator,
      kernel,
      // Executed for good; the proof is not what is tested here.
      prove: async ({ data }) => new ProvenTransaction({ ...data, proof: Uint8Array.of(1) }),
      onFailure: (_, error) => failures.push(error),
      ...change,
    });
    await work(operator, runner, failures);
    await operator.close();
  });
}
const supply = (operator: Operator): bigint | undefined => {
  const account = operator.state.accounts.publicAccount(id);
  return account && readFaucet(kernel, account)?.token?.supply;
};

test('an issuer that anybody runs mints for its owner, with no user online', async () => {
  const notes = [asking(owner, 5n, 1n), asking(owner, 7n, 2n, { type: 'public' })];
  await withNotes(notes, async (operator, runner, failures) => {
    // Two rounds asked for at the same time are one.
    assert.deepEqual(await Promise.all([runner.run(), runner.run()]), [1, 1]);
    assert.deepEqual([failures, operator.waiting], [[], 1]);
    // What waits comes first.
    assert.equal(await runner.run(), 0);
    operator.makeBlock();
    assert.equal(supply(operator), 12n);
    for (const note of notes) assert.equal(operator.state.nullifiers.block(note.nullifier), 1);
    const [hidden, shown] = [paying(5n, 'private', 1n), paying(7n, 'public', 2n)];
    assert.equal(operator.state.notes.find(hidden.id)?.note.kind, 'private');
    assert.equal(operator.state.notes.find(shown.id)?.note.kind, 'public');
    assert.deepEqual(operator.state.networkNotes.accounts(), []);
    assert.equal(await runner.run(), 0);
  });
});

test('a note that cannot be consumed is left out, and after three attempts left alone; others are consumed', async () => {
  const [good, bad, later] = [
    asking(owner, 5n, 1n),
    asking(stranger, 7n, 2n),
    asking(owner, 1n, 3n, { from: 3 }),
  ];
  await withNotes([good, bad, later], async (operator, runner, failures) => {
    assert.equal(await runner.run(), 1);
    operator.makeBlock();
    assert.deepEqual([supply(operator), failures.length], [5n, 1]);
    assert.equal(await runner.run(), 0);
    operator.makeBlock();
    // From now on the third one can be.
    assert.equal(await runner.run(), 1);
    operator.makeBlock();
    assert.deepEqual([supply(operator), failures.length], [6n, 3]);
    assert.equal(await runner.run(), 0);
    assert.equal(failures.length, 3);
    assert.equal(operator.state.networkNotes.waiting(id, 9).length, 1);
  });
});

test('a proof that fails does not stop the operator, and is not tried for ever', async () => {
  let proofs = 0;
  const prove = async (): Promise<never> => {
    proofs++;
    throw new RangeError('no memory');
  };
  await withNotes(
    [asking(owner, 5n, 1n)],
    async (operator, runner, failures) => {
      for (let i = 0; i < 5; i++) {
        assert.equal(await runner.run(), 0);
        operator.makeBlock();
      }
      assert.deepEqual([proofs, failures.length], [3, 3]);
    },
    { prove },
  );
});

test('notes for accounts that are not there, or list other scripts, wait', async () => {
  const elsewhere = runAtOnce(builder.building({ type: 'public', random: new Uint8Array(32).fill(9) })).id;
  const lost = mintNote(kernel, {
    sender: owner,
    serial: [1n, 1n, 1n, 1n],
    asset: Asset.fungible(elsewhere, 5n),
    recipient: paying(5n, 'private', 1n).recipient,
    type: 'private',
    tag: 0,
  });
  const plain = p2idNote(kernel, {
    sender: owner,
    target: id,
    salt: [1n, 1n],
    serial: [2n, 2n, 2n, 2n],
    type: 'public',
    assets: [Asset.fungible(owner, 5n)],
    attachments: new NoteAttachments([networkTarget({ target: id, hint: { kind: 'none' } })]),
  });
  assert.deepEqual(plain.recipient.script.root, standardProcedure(kernel, P2ID));
  await withNotes([lost, plain], async (operator, runner, failures) => {
    assert.equal(await runner.run(), 0);
    assert.deepEqual(failures, []);
    assert.equal(operator.state.networkNotes.accounts().length, 2);
  });
});
