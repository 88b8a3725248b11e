import type { Felt } from '../../../core/field/felt.ts';
import { EMPTY_WORD, type Word } from '../../../core/hash/word.ts';
import { PartialMmr } from '../../../core/merkle/partial-mmr.ts';
import { blockCommitment } from '../../../core/protocol/block/block-header.ts';
import { Limit } from '../../../core/protocol/limits.ts';
import { type Attempt, layout, putting } from '../hostile.ts';
import { blockWith } from '../transactions.ts';
import { type AbortCases, block, coins, consuming, noteThat, owner } from './fixtures.ts';

const BIG = 2n ** 32n;
const note = noteThat('dropw', [coins(7n)]);
const at = layout({ account: owner, block });

/** The transaction with one element of the advice, or of the public inputs, changed. */
const advised = (place: number, to: Felt): Attempt => consuming([note], { advice: putting([place, to]) });
const stated = (place: number, to: Felt): Attempt => consuming([note], { stated: putting([place, to]) });

/** The note in a block before the reference block, in which it stands at another place. */
function older(change: readonly [place: number, to: Felt]): Attempt {
  const old = blockWith([note], { number: 1 });
  const chain = new PartialMmr();
  const others: Word[] = [EMPTY_WORD, [1n, 1n, 1n, 1n]];
  chain.add(others[0], true);
  chain.add(blockCommitment(old.block), true);
  chain.add(others[1], true);
  const now = blockWith([], { number: 3, chain: chain.commitment }).block;
  return { account: owner, block: now, notes: old.notes, chain, advice: putting(change) };
}

export const PROLOGUE_CASES: AbortCases = {
  "kernel/prologue load_procedures: the kernel's procedures are not those of this program": () =>
    advised(9, 1n),
  'kernel/prologue load_block: the reference block is not the one committed to': () => stated(0, 1n),
  'kernel/prologue load_block: the reference block has another number': () => stated(14, 4n),
  'kernel/prologue load_account: the account is of no known version': () => advised(at.account, 2n),
  'kernel/prologue load_account: the account has another id': () => stated(12, 256n),
  'kernel/prologue load_account: the account has another id #2': () => stated(13, 1n),
  'kernel/prologue load_account: the account is not in the state committed to': () =>
    advised(at.account + 1, 6n),
  'kernel/prologue load_code: the account has too few or too many procedures': () =>
    advised(at.procedures, BigInt(Limit.ACCOUNT_PROCEDURES) + 1n),
  "kernel/prologue load_code: the account's code is not the one committed to": () =>
    advised(at.procedures + 5, 1n),
  'kernel/prologue load_storage: the account has too many storage slots': () =>
    advised(at.slots, BigInt(Limit.STORAGE_SLOTS) + 1n),
  "kernel/prologue load_storage: the account's storage is not the one committed to": () =>
    advised(at.slots + 6, 1n),

  'kernel/input_note load_all: the number of notes is not below 2^32': () => advised(at.notes, BIG),
  'kernel/input_note load_all: a transaction cannot consume so many notes': () =>
    advised(at.notes, BigInt(Limit.INPUT_NOTES) + 1n),
  'kernel/input_note load_all: the notes consumed are not those that the transaction is about': () =>
    stated(8, 1n),
  'kernel/input_note load_blocks: the number of blocks is not below 2^32': () => advised(at.blocks, BIG),
  'kernel/input_note load_blocks: notes cannot be in so many blocks': () =>
    advised(at.blocks, BigInt(Limit.INPUT_NOTES) + 1n),
  "kernel/input_note load_blocks: a note's block is not in the chain": () => older([at.blocks + 1, 0n]),
  'kernel/input_note load_words: the metadata of a note is of no known version': () =>
    advised(at.metadata, note.metadata.sender.suffix + 2n),
  'kernel/input_note load_assets: the number of assets is not below 2^32': () => advised(at.assets, BIG),
  'kernel/input_note load_assets: the note has too many assets': () =>
    advised(at.assets, BigInt(Limit.NOTE_ASSETS) + 1n),
  'kernel/input_note load_assets: the assets of a note are not those committed to': () =>
    advised(at.assets + 5, 8n),
  'kernel/input_note assert_included: there is no such block with notes': () => advised(at.shown + 1, BIG),
  'kernel/input_note assert_included: there is no such block with notes #2': () => advised(at.shown + 1, 1n),
  'kernel/input_note assert_included: a note is not in its block': () => advised(at.serial, 99n),
};
