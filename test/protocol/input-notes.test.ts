import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD } from '../../core/hash/word.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import { Note } from '../../core/protocol/note/note.ts';
import { NoteAssets } from '../../core/protocol/note/note-assets.ts';
import { NoteAttachments } from '../../core/protocol/note/note-attachments.ts';
import { metadataWord } from '../../core/protocol/note/note-metadata.ts';
import { NoteRecipient } from '../../core/protocol/note/note-recipient.ts';
import { blockWith, componentOf, kernel, newAccount, p2id, SECRET, script, wallet } from './transactions.ts';

const faucet = newAccount({ seed: 9 }).id;
const coins = Asset.fungible(faucet, 50n);
const jewel = Asset.unique(faucet, new TextEncoder().encode('a jewel'));
const component = componentOf(
  `use ::kiln::protocol::input_note
        pub proc remove exec.input_note::remove_asset dropw end
        pub proc remove_all exec.input_note::remove_all_assets end`,
);
const owner = wallet([], { component });
const attachments = new NoteAttachments([{ scheme: 4, words: [[1n, 2n, 3n, 4n]] }]);

const push = (word: readonly bigint[]): string => `push.[${word.join(', ')}]`;
const expect = (word: readonly bigint[], why: string): string => `${push(word)} assert_eqw.err="${why}"`;
const asset = ({ id, value }: Asset): string => `${push(value)} ${push(id.word)}`;
const USES = ['active_note', 'input_note'].map((name) => `kiln::protocol::${name}`);
const TAKE = `push.0 exec.active_note::get_asset call.wallet::receive_asset dropw dropw
  push.1 exec.active_note::get_asset call.wallet::receive_asset dropw dropw`;
/** A note with both assets whose script is `body`. */
const noteThat = (body: string): Note =>
  new Note({
    ...p2id(faucet, owner.id, [coins, jewel]),
    attachments,
    recipient: new NoteRecipient(
      [7n, 7n, 7n, 7n],
      script(`dropw ${body}`, [...USES, 'kiln::standards::wallet', 'component'], [component]),
      [1n, 2n, 3n],
    ),
  });
const own = p2id(faucet, owner.id, [coins]);
/** Consumes a note that does `body`, after one of another kind, then runs a script. */
const run = (body: string, after = 'nop') =>
  executeTransaction(
    kernel,
    {
      account: owner,
      ...blockWith([own, noteThat(body)]),
      script: script(after, [...USES, 'component'], [component]),
    },
    { secret: () => SECRET },
  );
const refuses = (body: string, why: RegExp, after?: string): void =>
  assert.throws(
    () => run(body, after),
    (error) => error instanceof ProtocolError && why.test(`${error.message} ${error.details}`),
  );

test('all that a note is made of, by its own script and by its index', () => {
  const note = noteThat(TAKE);
  const seen = (each: Note, at: string): string => {
    const { recipient, assets, metadata } = each;
    const words = {
      get_metadata: metadataWord(metadata, each.attachments),
      get_attachments_commitment: each.attachments.commitment,
      get_script_root: recipient.script.root,
      get_storage_commitment: recipient.storageCommitment,
      get_serial: recipient.serial,
      get_recipient: recipient.digest,
      get_id: each.id,
    };
    return `${Object.entries(words)
      .map(([name, word]) => `${at}::${name} ${expect(word, name)}`)
      .join('\n')}
      ${at}::get_assets ${expect(assets.commitment, 'assets')} push.${assets.list.length} assert_eq`;
  };
  run(TAKE, [seen(own, 'push.0 exec.input_note'), seen(note, 'push.1 exec.input_note')].join('\n'));
  // A script cannot name its own root, or what follows from it.
  run(`${TAKE}
    exec.active_note::get_metadata ${expect(metadataWord(note.metadata, attachments), 'metadata')}
    exec.active_note::get_attachments_commitment ${expect(attachments.commitment, 'attachments')}
    exec.active_note::get_storage_commitment ${expect(note.recipient.storageCommitment, 'storage')}
    exec.active_note::get_serial ${expect(note.recipient.serial, 'serial')}
    exec.active_note::get_assets ${expect(note.assets.commitment, 'assets')} push.2 assert_eq
    exec.active_note::get_id push.1 exec.input_note::get_id assert_eqw
    exec.active_note::get_recipient push.1 exec.input_note::get_recipient assert_eqw
    exec.active_note::get_script_root push.1 exec.input_note::get_script_root assert_eqw
    push.0.1 exec.input_note::get_asset ${expect(coins.id.word, 'id')} ${expect(coins.value, 'value')}
    push.1.1 exec.input_note::get_asset ${expect(jewel.id.word, 'id')} ${expect(jewel.value, 'value')}`);
});

test('there is no note of an index that was not given, and none is active in a script', () => {
  for (const name of [
    'get_metadata',
    'get_attachments_commitment',
    'get_script_root',
    'get_storage_commitment',
    'get_serial',
    'get_recipient',
    'get_id',
  ]) {
    refuses(TAKE, /there is no such note/, `push.2 exec.input_note::${name} dropw`);
    refuses(TAKE, /not below 2\^32/, `push.4294967296 exec.input_note::${name} dropw`);
    refuses(TAKE, /no note is being processed/, `exec.active_note::${name} dropw`);
  }
  refuses(TAKE, /no note is being processed/, 'exec.active_note::remove_all_assets');
  refuses(TAKE, /no such asset/, 'push.2.1 exec.input_note::get_asset dropw dropw');
});

test('assets of a note are removed from it, by parts of their amount', () => {
  const part = Asset.fungible(faucet, 20n);
  const rest = Asset.fungible(faucet, 30n);
  const gone = `${expect(EMPTY_WORD, 'id')} ${expect(EMPTY_WORD, 'value')}`;
  run(`${TAKE}
    ${asset(part)} exec.active_note::remove_asset ${expect(rest.value, 'the rest')}
    push.0 exec.active_note::get_asset ${expect(coins.id.word, 'id')} ${expect(rest.value, 'value')}
    ${asset(rest)} exec.active_note::remove_asset ${expect(EMPTY_WORD, 'nothing')}
    push.0 exec.active_note::get_asset ${gone}
    ${asset(jewel)} exec.active_note::remove_asset ${expect(EMPTY_WORD, 'nothing')}
    push.1 exec.active_note::get_asset ${gone}
    exec.active_note::get_assets ${expect(new NoteAssets([coins, jewel]).commitment, 'as it came')} push.2 assert_eq`);
  run(`${TAKE} exec.active_note::remove_all_assets push.0 exec.active_note::get_asset ${gone}
    push.1 exec.active_note::get_asset ${gone}`);
});

test('what a note does not have is not removed from it', () => {
  const remove = (each: Asset): string => `${asset(each)} exec.active_note::remove_asset dropw`;
  refuses(`${remove(Asset.fungible(faucet, 51n))}`, /not so much/);
  refuses(`${remove(coins)} ${remove(coins)}`, /no such asset/);
  refuses(`${remove(jewel)} ${remove(jewel)}`, /no such asset/);
  refuses(remove(Asset.unique(faucet, new Uint8Array([1]))), /no such asset/);
  refuses(`push.[1, 1, 1, 1] ${push(jewel.id.word)} exec.active_note::remove_asset dropw`, /no such asset/);
  refuses(`padw ${push(jewel.id.word)} exec.active_note::remove_asset dropw`, /of nothing/);
  refuses(`padw ${push(coins.id.word)} exec.active_note::remove_asset dropw`, /of nothing/);
  refuses(`push.[1, 1, 0, 0] ${push(coins.id.word)} exec.active_note::remove_asset dropw`, /one number/);
  // A removed asset leaves zeros, which are no asset.
  refuses(`${remove(jewel)} padw padw exec.active_note::remove_asset dropw`, /of nothing/);
});

test('by index, only the account’s own procedures remove assets', () => {
  const by = (name: string): string => `push.0 ${asset(coins)} ${name} dropw`;
  refuses(by('exec.input_note::remove_asset'), /only the account's own procedures/);
  refuses('push.0 exec.input_note::remove_all_assets', /only the account's own procedures/);
  const gone = `${expect(EMPTY_WORD, 'id')} ${expect(EMPTY_WORD, 'value')}`;
  const seen = `push.0.0 exec.input_note::get_asset ${gone}`;
  run(`${TAKE} push.0 ${asset(coins)} call.component::remove dropw dropw drop ${seen}`);
  run(`${TAKE} push.0 call.component::remove_all drop ${seen}`);
});
