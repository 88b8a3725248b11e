import { type Word, wordsEqual } from '../../../core/hash/word.ts';
import { AccountId } from '../../../core/protocol/account/account-id.ts';
import { Note } from '../../../core/protocol/note/note.ts';
import { NoteRecipient, type NoteScript } from '../../../core/protocol/note/note-recipient.ts';
import { sendingNotes } from '../../../core/protocol/standards/send-notes.ts';
import { standardProcedure } from '../../../core/protocol/standards/standards.ts';
import type { Attempt } from '../hostile.ts';
import { kernel, p2id, script } from '../transactions.ts';
import { type AbortCases, block, consuming, faucet, noteThat, owner } from './fixtures.ts';

const { id } = owner;
const standard = (name: string): NoteScript => ({
  root: standardProcedure(kernel, name),
  forests: [kernel.standards.forest],
});
const [PAY, PAY_LATER, SWAP] = ['p2id::main', 'p2ide::main', 'swap::main'].map(standard);
const near = {
  suffix: new AccountId(id.prefix, id.suffix ^ 256n),
  prefix: new AccountId(id.prefix ^ 256n, id.suffix),
};

/** A note of a standard script with this storage, made by `sender`. */
const noted = (which: NoteScript, storage: readonly bigint[], sender = faucet): Attempt =>
  consuming([
    new Note({
      ...p2id(sender, id, []),
      recipient: new NoteRecipient([1n, 2n, 3n, 4n], which, storage),
    }),
  ]);
const p2ide = (reclaim: number, unlock: number, sender: AccountId): Attempt =>
  noted(PAY_LATER, [faucet.suffix, faucet.prefix, BigInt(reclaim), BigInt(unlock), 5n, 6n], sender);

const STORAGE = ['kiln::protocol::active_note'];
const loading = (count: bigint): Attempt =>
  consuming([noteThat(script(`push.0.${count} exec.active_note::load_storage`, STORAGE))]);

export const STANDARD_CASES: AbortCases = {
  'protocol/active_note load_storage: a note stores fewer elements': () => loading(2n ** 32n - 1n),
  "protocol/active_note load_storage: the note's storage is not what its script expects": () =>
    noted(script('push.0.1 exec.active_note::load_storage', STORAGE), [1n, 2n]),
  "protocol/active_note load_short_storage: the note's storage is not what its script expects": () =>
    noted(PAY, [id.suffix, id.prefix, 5n]),
  'standards/send_notes load: the arguments of the script are not those committed to': () => {
    const { script: sent } = sendingNotes(kernel, [p2id(id, faucet, [])]);
    const map = [...sent.map!].map(([key, values]): [Word, readonly bigint[]] => [
      key,
      wordsEqual(key, sent.args!) ? values.with(2, 9n) : values,
    ]);
    return { account: owner, block, script: { ...sent, map } };
  },
  'standards/swap main: a note to swap carries one asset': () => noted(SWAP, Array(16).fill(0n)),
  'standards/p2id main: the note is for another account': () =>
    noted(PAY, [near.suffix.suffix, near.suffix.prefix, 5n, 6n]),
  'standards/p2id main: the note is for another account #2': () =>
    noted(PAY, [near.prefix.suffix, near.prefix.prefix, 5n, 6n]),
  'standards/p2ide main: the note is locked until a later block': () => p2ide(0, block.number + 1, id),
  'standards/p2ide main: the note cannot be taken back': () => p2ide(0, 0, id),
  'standards/p2ide main: the note cannot be taken back yet': () => p2ide(block.number + 1, 0, id),
  'standards/p2ide assert_maker: the note is for another account': () => p2ide(1, 0, near.suffix),
  'standards/p2ide assert_maker: the note is for another account #2': () => p2ide(1, 0, near.prefix),
};
