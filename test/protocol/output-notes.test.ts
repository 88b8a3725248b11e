import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Word } from '../../core/hash/word.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { commit } from '../../core/protocol/commit.ts';
import { ProtocolDomain } from '../../core/protocol/domains.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionScript } from '../../core/protocol/executor/transaction-inputs.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { type NoteAttachment, NoteAttachments } from '../../core/protocol/note/note-attachments.ts';
import { metadataWord } from '../../core/protocol/note/note-metadata.ts';
import { blockWith, kernel, newAccount, p2id, SECRET, script, wallet } from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = (amount: bigint): Asset => Asset.fungible(faucet, amount);
const jewels = Array.from({ length: 17 }, (_, i) => Asset.unique(faucet, new Uint8Array([i])));
const owner = wallet([coins(100n), ...jewels]);
const note = p2id(owner.id, faucet, []);
const { block } = blockWith();

const push = (word: readonly bigint[]): string => `push.[${word.join(', ')}]`;
const USES = ['kiln::protocol::output_note', 'kiln::standards::wallet'];
const MAKE = `${push(note.recipient.digest)} push.0.7 call.wallet::create_note dropw drop drop`;
const give = ({ id, value }: Asset): string =>
  `push.0.0.0.0.0.0.0.0 ${push(value)} ${push(id.word)} call.wallet::move_asset_to_note dropw dropw dropw dropw`;
const expect = (word: readonly bigint[], why: string): string => `${push(word)} assert_eqw.err="${why}"`;

const run = (body: string, map?: TransactionScript['map']) =>
  executeTransaction(
    kernel,
    {
      account: owner,
      block,
      script: { ...script(`${MAKE}\n${body}`, USES), map },
      recipients: [note.recipient],
    },
    { secret: () => SECRET },
  );
const refuses = (body: string, why: RegExp, map?: TransactionScript['map']): void =>
  assert.throws(
    () => run(body, map),
    (error) => error instanceof ProtocolError && why.test(`${error.message} ${error.details}`),
  );

const word = (n: number): Word => [BigInt(n), 1n, 2n, 3n];
const attachments: NoteAttachment[] = [
  { scheme: 1, words: [word(1)] },
  { scheme: 65_534, words: [word(2), word(3)] },
  { scheme: 300, words: [word(4), word(5), word(6)] },
  { scheme: 65_534, words: [word(7)] },
];
const attach = ({ scheme, words }: NoteAttachment): string =>
  [
    ...words.map((each, i) => `${push(each)} mem_storew_le.${4 * i} dropw`),
    `push.0.0.${words.length}.${scheme} exec.output_note::add_words`,
  ].join('\n');
const commitmentOf = ({ words }: NoteAttachment): Word =>
  commit(ProtocolDomain.NOTE_ATTACHMENT, words.flat());

test('one to four attachments, of words in memory', () => {
  for (let count = 1; count <= 4; count++) {
    const attached = new NoteAttachments(attachments.slice(0, count));
    const { outputs } = run(
      `${attachments.slice(0, count).map(attach).join('\n')}
      push.0 exec.output_note::get_attachments_commitment ${expect(attached.commitment, 'attachments')}
      push.0 exec.output_note::get_metadata ${expect(metadataWord(note.metadata, attached), 'metadata')}`,
    );
    assert.deepEqual(outputs[0].note.id, new Note({ ...note, attachments: attached }).id);
    assert.deepEqual(outputs[0].note.attachments.list, attached.list);
  }
});

test('an attachment by its commitment: the map has its words', () => {
  const [one] = attachments;
  const body = `push.0 ${push(commitmentOf(one))} push.1 exec.output_note::add_attachment`;
  const { outputs } = run(body, [[commitmentOf(one), one.words.flat()]]);
  assert.deepEqual(outputs[0].note.attachments.list, [one]);
  refuses(body, /words of an attachment are not known/);
});

test('attachments are at most four, each of a scheme', () => {
  refuses([...attachments, attachments[0]].map(attach).join('\n'), /too many attachments/);
  for (const scheme of [0n, 65_535n, 65_536n, 2n ** 32n])
    refuses(
      `push.0 ${push(word(1))} push.${scheme} exec.output_note::add_attachment`,
      /an attachment has no such scheme/,
    );
});

test('what a note is made of is seen while it is made', () => {
  const held = [coins(5n), jewels[0]];
  const { outputs } = run(
    `push.0 exec.output_note::get_assets ${expect([0n, 0n, 0n, 0n], 'no assets')} assertz.err="no asset"
    ${held.map(give).join('\n')}
    push.0 exec.output_note::get_assets
    ${expect(new NoteAssets(held).commitment, 'assets')} push.2 assert_eq.err="two assets"
    push.0 exec.output_note::get_recipient ${expect(note.recipient.digest, 'recipient')}
    push.0 exec.output_note::get_metadata
    ${expect(metadataWord(note.metadata, new NoteAttachments()), 'metadata')}
    push.0 exec.output_note::get_attachments_commitment ${expect([0n, 0n, 0n, 0n], 'no attachments')}`,
  );
  assert.deepEqual(outputs[0].note.id, new Note({ ...note, assets: new NoteAssets(held) }).id);
});

test('a sealed note takes nothing more', () => {
  const seal = 'push.0 exec.output_note::seal';
  const flag = 'push.0 exec.output_note::is_sealed';
  run(`${flag} assertz ${give(coins(1n))} ${seal} ${flag} assert ${seal} ${flag} assert`);
  refuses(`${seal} ${give(coins(1n))}`, /the note is sealed/);
  refuses(`${seal} ${attach(attachments[0])}`, /the note is sealed/);
});

test('of assets: sixteen at most, two amounts of one are one', () => {
  const { outputs } = run([coins(1n), coins(2n), ...jewels.slice(0, 15)].map(give).join('\n'));
  assert.equal(outputs[0].note.assets.list.length, 16);
  assert.deepEqual(outputs[0].note.assets.list[0], coins(3n));
  refuses(jewels.map(give).join('\n'), /too many assets/);
});

test('there is no note of an index that was not given', () => {
  for (const [index, why] of [
    [1n, /there is no such note/],
    [2n ** 32n, /not below 2\^32/],
  ] as const) {
    for (const name of ['get_metadata', 'get_recipient', 'get_attachments_commitment'])
      refuses(`push.${index} exec.output_note::${name} dropw`, why);
    refuses(`push.${index} exec.output_note::get_assets dropw drop`, why);
    refuses(`push.${index} exec.output_note::is_sealed drop`, why);
    refuses(`push.${index} exec.output_note::seal`, why);
    refuses(`push.${index} ${push(word(1))} push.1 exec.output_note::add_attachment`, why);
  }
});
