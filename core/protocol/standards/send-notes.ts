import type { Felt } from '../../field/felt.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import { commit } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import type { TransactionInputs } from '../executor/transaction-inputs.ts';
import { Limit } from '../limits.ts';
import type { Note } from '../note/note.ts';
import { expirationDelta } from './expiration.ts';
import { type Standards, standardNoteScript } from './standards.ts';

export const SEND_NOTES = 'send_notes::main';

/** What the kernel makes notes of, many at once (`output_note::send_many`): most of the time a block for each. */
function listElements(notes: readonly Note[]): Felt[] {
  /** Assets in the list that notes can carry an amount of, by their keys: the place of each among all such. */
  const known = new Map<string, bigint>();
  let count = 0n;
  return notes.flatMap(({ metadata: { type, tag }, recipient, assets: { list } }) => {
    const rest = [BigInt(tag), type === 'public' ? 1n : 0n, ...recipient.digest];
    const which = list.length === 1 ? known.get(wordKey(list[0].id.word)) : undefined;
    if (which !== undefined) return [list[0].amount, which, ...rest];
    for (const { id } of list)
      if (id.composition === 'fungible' && !id.faucet.hasCallbacks) known.set(wordKey(id.word), count++);
    return [0n, BigInt(list.length), ...rest, ...list.flatMap(({ elements }) => elements)];
  });
}

/**
 * Of a transaction's inputs, what makes it send these notes out of a wallet's vault, 1 to 1,024; it expires `expiration` blocks after
 * its reference block, or never. Throws `transaction`.
 */
export function sendingNotes(
  standards: Standards,
  notes: readonly Note[],
  expiration?: number,
): Required<Pick<TransactionInputs, 'script' | 'recipients'>> {
  if (notes.length === 0 || notes.length > Limit.OUTPUT_NOTES) {
    throw new ProtocolError('transaction', `A transaction sends 1 to ${Limit.OUTPUT_NOTES} notes.`, {
      details: `${notes.length} notes`,
    });
  }
  const list = listElements(notes);
  const commitment = commit(ProtocolDomain.NOTES_TO_SEND, list);
  const delta = expiration === undefined ? 0n : expirationDelta(expiration);
  const map: [Word, readonly Felt[]][] = [[commitment, list]];
  const orders = [BigInt(notes.length), BigInt(list.length), delta, 0n, ...commitment];
  for (const [i, { attachments }] of notes.entries())
    for (const { scheme, words } of attachments.list) {
      const elements = words.flat();
      const own = commit(ProtocolDomain.NOTE_ATTACHMENT, elements);
      orders.push(BigInt(i), BigInt(scheme), 0n, 0n, ...own);
      map.push([own, elements]);
    }
  const args = commit(ProtocolDomain.SEND_NOTES, orders);
  map.push([args, orders]);
  return {
    script: { ...standardNoteScript(standards, SEND_NOTES), args, map },
    recipients: notes.map(({ recipient }) => recipient),
  };
}
