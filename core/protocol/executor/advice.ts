import type { Felt } from '../../field/felt.ts';
import { EMPTY_WORD, type Word } from '../../hash/word.ts';
import { locate, paddedPeaks } from '../../merkle/mmr-shape.ts';
import type { PartialMmr } from '../../merkle/partial-mmr.ts';
import { MerkleStore } from '../../merkle/store.ts';
import type { AdviceInputs, InnerNode } from '../../vm/advice/inputs.ts';
import { headerElements } from '../account/account-header.ts';
import type { AccountSource } from '../account/account-source.ts';
import { type BlockHeader, subElements } from '../block/block-header.ts';
import { protocolConfigCommitment, protocolConfigElements } from '../block/protocol-config.ts';
import { ProtocolError } from '../errors.ts';
import type { ApiTable } from '../kernel-api.ts';
import type { NoteInclusion } from '../note/note-inclusion.ts';
import { metadataWord } from '../note/note-metadata.ts';
import type { NoteToConsume, TransactionInputs } from './transaction-inputs.ts';

const BLOCK = 8;
const SLOT_ELEMENTS = 8;

/**
 * What the kernel's prologue reads from the advice stack, in its order, and what scripts look up. `procedures` is the
 * kernel's table. Throws `transaction` if the chain does not hold a note's block.
 */
export function transactionAdvice(
  inputs: TransactionInputs<AccountSource>,
  procedures: ApiTable,
): AdviceInputs {
  const { account, block, notes = [], script, authArgs = EMPTY_WORD, chain, config, signatures } = inputs;
  const stack = [
    ...procedures.first.flat(),
    ...subElements(block),
    ...block.noteRoot,
    ...accountElements(account),
    ...notesElements(notes, block),
    ...(script?.root ?? EMPTY_WORD),
    ...(script?.args ?? EMPTY_WORD),
    ...authArgs,
  ];
  const map: (readonly [Word, readonly Felt[]])[] = [
    [procedures.furtherCommitment, procedures.further.flat()],
    ...(script?.map ?? []),
    ...(signatures ?? []),
  ];
  for (const { note } of notes)
    map.push([note.recipient.storageCommitment, wholeBlocks(note.recipient.storage)]);
  if (chain) map.push([chain.commitment, [BigInt(chain.leaves), 0n, 0n, 0n, ...paddedPeaks(chain.peaks)]]);
  if (config) map.push([protocolConfigCommitment(config), protocolConfigElements(config)]);
  return { stack, map, nodes: inclusionNodes(notes, block, chain) };
}

/** Header, procedures, slots, and a new account's seed and entries of maps. */
export const accountElements = (account: AccountSource): Felt[] => [
  ...headerElements(account.header),
  BigInt(account.code.procedures.length),
  ...account.code.procedures.flat(),
  BigInt(account.slotElements.length / SLOT_ELEMENTS),
  ...account.slotElements,
  ...(account.seed ? [...account.seed, ...mapElements(account)] : []),
];

/** The entries of a new account's maps: how many each has, then keys and values. */
const mapElements = (account: AccountSource): Felt[] =>
  account.slotHeaders.flatMap(({ name, kind }) => {
    if (kind !== 'map') return [];
    const entries = account.mapEntries(name);
    return [BigInt(entries.length), ...entries.flat(2)];
  });

/** The blocks that notes are in, but for the reference block, then the notes. */
function notesElements(notes: readonly NoteToConsume[], reference: BlockHeader): Felt[] {
  const blocks = new Map<number, NoteInclusion>();
  for (const { inclusion } of notes)
    if (inclusion && inclusion.blockNumber !== reference.number) blocks.set(inclusion.blockNumber, inclusion);
  const places = new Map(
    [reference.number, ...blocks.keys()].map((number, place) => [number, BigInt(place)]),
  );
  return [
    BigInt(blocks.size),
    ...[...blocks.values()].flatMap(({ blockNumber, subCommitment, noteRoot }) => [
      BigInt(blockNumber),
      ...subCommitment,
      ...noteRoot,
    ]),
    BigInt(notes.length),
    ...notes.flatMap((note) => noteElements(note, places)),
  ];
}

function noteElements(
  { note, inclusion, args = EMPTY_WORD }: NoteToConsume,
  places: ReadonlyMap<number, Felt>,
): Felt[] {
  const { recipient, assets, attachments } = note;
  return [
    ...args,
    ...recipient.serial,
    ...recipient.script.root,
    ...recipient.storageCommitment,
    ...assets.commitment,
    ...metadataWord(note.metadata, attachments),
    ...attachments.commitment,
    ...(inclusion ? [1n, places.get(inclusion.blockNumber)!, BigInt(inclusion.index)] : [0n]),
    BigInt(assets.list.length),
    ...assets.list.flatMap((asset) => asset.elements),
  ];
}

/** Paths of notes in their blocks, and of all blocks in the chain that it tracks. */
function inclusionNodes(
  notes: readonly NoteToConsume[],
  block: BlockHeader,
  chain: PartialMmr | undefined,
): Iterable<InnerNode> {
  const store = new MerkleStore();
  for (const { note, inclusion } of notes) {
    if (!inclusion) continue;
    store.addPath(note.id, BigInt(inclusion.index), inclusion.path);
    if (inclusion.blockNumber !== block.number && !chain?.tracked.includes(inclusion.blockNumber)) {
      throw new ProtocolError('transaction', 'The block of a note is not in the chain that was given.', {
        details: `block ${inclusion.blockNumber}`,
      });
    }
  }
  if (chain)
    for (const { leaf, position, path } of chain.tracked.map((at) => chain.open(at)!))
      store.addPath(leaf, BigInt(locate(chain.leaves, position).relative), path);
  return store.innerNodes();
}

const wholeBlocks = (elements: readonly Felt[]): Felt[] => [
  ...elements,
  ...Array.from({ length: (BLOCK - (elements.length % BLOCK)) % BLOCK }, () => 0n),
];
