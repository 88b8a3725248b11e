import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { PartialMmr } from '../../core/merkle/partial-mmr.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import { type ProtocolConfig, protocolConfigCommitment } from '../../core/protocol/block/protocol-config.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import {
  inputCommitment,
  inputNotesCommitment,
  outputNotesCommitment,
} from '../../core/protocol/transaction/note-lists.ts';
import { HEIGHT_CLASSES } from '../../core/stark/profile.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, script, wallet } from './transactions.ts';

const owner = wallet([], { auth: 'none', slots: [] });
const faucet = newAccount({ seed: 9 }).id;
const coins = Asset.fungible(faucet, 50n);
const USES = ['kiln::protocol::tx', 'kiln::standards::wallet'];
const push = (word: readonly bigint[]): string => `push.[${word.join(', ')}]`;
const expect = (word: readonly bigint[], why: string): string => `${push(word)} assert_eqw.err="${why}"`;
const run = (body: string, inputs: Partial<TransactionInputs> = {}) =>
  executeTransaction(
    kernel,
    { account: owner, ...blockWith(), script: script(body, USES), ...inputs },
    { secret: () => SECRET },
  );
const refuses = (body: string, why: RegExp, inputs: Partial<TransactionInputs> = {}): void =>
  assert.throws(
    () => run(body, inputs),
    (error) => error instanceof ProtocolError && why.test(`${error.message} ${error.details}`),
  );

test('a script sees how many notes are consumed and made, and their commitments', () => {
  const none = `exec.tx::get_input_note_count assertz exec.tx::get_output_note_count assertz
    exec.tx::get_input_notes_commitment ${expect(EMPTY_WORD, 'consumed')}
    exec.tx::get_output_notes_commitment ${expect(EMPTY_WORD, 'made')}`;
  run(none);
  const consumed = blockWith([1n, 2n].map((serial) => p2id(faucet, owner.id, [coins], serial)));
  const made = p2id(owner.id, faucet, []);
  run(
    `exec.tx::get_input_note_count push.2 assert_eq
    exec.tx::get_input_notes_commitment
    ${expect(inputNotesCommitment(consumed.notes.map(inputCommitment)), 'consumed')}
    ${push(made.recipient.digest)} push.0.7 call.wallet::create_note dropw drop drop
    exec.tx::get_output_note_count push.1 assert_eq
    exec.tx::get_output_notes_commitment ${expect(outputNotesCommitment([made.header]), 'made')}`,
    consumed,
  );
});

test('a script sees the commitment of the reference block and of those before it', () => {
  const chain = new PartialMmr();
  const earlier: Word[] = [1n, 2n, 3n].map((n) => [n, n, n, n]);
  for (const [i, commitment] of earlier.entries()) chain.add(commitment, i !== 1);
  const { block } = blockWith([], { number: 3, chain: chain.commitment });
  const commitment = (number: number, word: Word): string =>
    `push.${number} exec.tx::get_block_commitment ${expect(word, `block ${number}`)}`;
  run(commitment(3, blockCommitment(block)), { block });
  run([commitment(0, earlier[0]), commitment(2, earlier[2]), commitment(0, earlier[0])].join('\n'), {
    block,
    chain,
  });
  const ask = (number: bigint): string => `push.${number} exec.tx::get_block_commitment dropw`;
  refuses(ask(4n), /after the reference block/, { block, chain });
  refuses(ask(2n ** 32n), /not below 2\^32/, { block, chain });
  // No chain, and another one.
  refuses(ask(0n), /advice/i, { block });
  const other = new PartialMmr();
  for (const each of earlier) other.add([...each].reverse() as unknown as Word, true);
  other.add(earlier[0], true);
  refuses(ask(0n), /advice/i, { block, chain: other });
});

test('a note’s script sees the root of the transaction’s script', () => {
  // A script cannot name its own root.
  const idle = script('nop');
  const noted = (root: Word): Note =>
    new Note({
      ...p2id(faucet, owner.id, []),
      recipient: new NoteRecipient(
        [1n, 1n, 1n, 1n],
        script(`exec.tx::get_script_root ${expect(root, 'root')}`, USES),
      ),
    });
  run('nop', { ...blockWith([noted(idle.root)]), script: idle });
  executeTransaction(kernel, { account: owner, ...blockWith([noted(EMPTY_WORD)]) }, { secret: () => SECRET });
});

const PROOF_HEIGHTS = HEIGHT_CLASSES.map(([core]) => core);
const config: ProtocolConfig = {
  feeAsset: coins.id,
  transactionKernel: [1n, 1n, 1n, 1n],
  batchKernel: [2n, 2n, 2n, 2n],
  blockKernel: [3n, 3n, 3n, 3n],
  proofs: [4n, 4n, 4n, 4n],
};

test('the asset that fees are paid in: of the block’s configuration and no other', () => {
  const { block } = blockWith([], { protocolConfig: protocolConfigCommitment(config) });
  run(`exec.tx::get_fee_asset_id ${expect(coins.id.word, 'fee asset')}`, { block, config });
  const ask = 'exec.tx::get_fee_asset_id dropw';
  refuses(ask, /advice/i, { block });
  refuses(ask, /advice/i, { block, config: { ...config, proofs: EMPTY_WORD } });
  const lie = { ...script(ask, USES), map: [[block.protocolConfig, Array(24).fill(1n)]] as const };
  refuses(ask, /configuration is not the reference block's/, { block, script: lie });
});

test('the fee: the base fee for each doubling of the height that the cycles need, those to come included', () => {
  const { block } = blockWith([], { baseFee: 7 });
  const fee = (extra: bigint): string => `padw push.${extra} exec.tx::compute_fee`;
  // What has been is far less than 2^13 cycles.
  for (let log = 0; log < 29; log++) {
    const height = PROOF_HEIGHTS.find((each) => each > log) ?? log + 1;
    run(`${fee(2n ** BigInt(log))} push.${7 * height} assert_eq`, { block });
  }
  run(`${fee(2n ** 20n)} assertz`, blockWith([], { baseFee: 0 }));
  refuses(fee(2n ** 29n), /cannot take so many cycles/, { block });
  refuses(fee(2n ** 32n - 1n), /cannot take so many cycles/, { block });
  refuses(fee(2n ** 32n), /not below 2\^32/, { block });
  refuses('push.[1, 0, 0, 0] push.0 exec.tx::compute_fee', /no notes can be excluded/, { block });
});
