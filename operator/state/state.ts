import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../core/hash/word.ts';
import { Mmr } from '../../core/merkle/mmr.ts';
import { Smt } from '../../core/merkle/smt.ts';
import type { SmtEntry } from '../../core/merkle/smt-leaf.ts';
import type { SmtProof } from '../../core/merkle/smt-proof.ts';
import { Account } from '../../core/protocol/account/account.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import type { AccountPatch } from '../../core/protocol/account/account-patch.ts';
import type { AccountChange } from '../../core/protocol/batch/account-change.ts';
import { type Block, checkSuccessor } from '../../core/protocol/block/block.ts';
import { type BlockHeader, blockSubCommitment, epochOf } from '../../core/protocol/block/block-header.ts';
import type { ChainView } from '../../core/protocol/block/chain-view.ts';
import { type EpochRecord, epochBlocksCommitment } from '../../core/protocol/block/epoch.ts';
import type { NoteInclusion } from '../../core/protocol/note/note-inclusion.ts';
import { transactionId } from '../../core/protocol/transaction/transaction-id.ts';
import { type Database, explained, openDatabase } from '../database/database.ts';
import { OperatorError } from '../errors.ts';
import { Accounts } from './accounts.ts';
import { Blocks } from './blocks.ts';
import { ChainNodes } from './chain-nodes.ts';
import { NetworkNotes } from './network-notes.ts';
import { type KnownNote, Notes } from './notes.ts';
import { Nullifiers, nullifierValue } from './nullifiers.ts';
import { PersistentTree } from './persistent-tree.ts';
import { SCHEMA } from './schema.ts';

const DATABASE = 'state.sqlite';
const ACCOUNT_TREE = 'accounts.tree';
const NULLIFIER_TREE = 'nullifiers.tree';
const META = { genesis: 'genesis', epochLogBlocks: 'epoch-log-blocks' } as const;

/** What a block does to the trees. */
export interface StateChange {
  readonly updates: readonly Pick<AccountChange, 'id' | 'final'>[];
  readonly nullifiers: readonly Word[];
}

/** A block to be added, and what is kept with it. */
export interface NewBlock {
  readonly block: Block;
  readonly signatures: Uint8Array;
  /** Of each transaction, in the order of the body's, its bytes with the proof. */
  readonly transactions: readonly Uint8Array[];
}

/** The first block, and what else fixes a network. */
export interface Genesis {
  readonly block: Block;
  readonly signatures: Uint8Array;
  /** An epoch has 2^so many blocks. */
  readonly epochLogBlocks: number;
  /** The file it was made from, kept for whoever asks. */
  readonly source: Uint8Array;
}

const refuse = (message: string, details = ''): never => {
  throw new OperatorError('block-refused', message, { details });
};

/**
 * The operator's state: accounts, notes and nullifiers after the latest block, and all blocks up to it. Blocks change it whole
 * or not at all, also when the process dies in between. What only proofs show is for others to check first.
 */
export class State {
  readonly accounts: Accounts;
  readonly nullifiers: Nullifiers;
  readonly notes: Notes;
  readonly networkNotes: NetworkNotes;
  readonly blocks: Blocks;
  readonly epochLogBlocks: number;
  /** The file that the network was made from. */
  readonly genesisSource: Uint8Array;
  readonly #database: Database;
  #chain: Mmr;
  readonly #accountTree: PersistentTree;
  readonly #nullifierTree: PersistentTree;
  #tip: BlockHeader;

  private constructor(folder: string, database: Database) {
    this.#database = database;
    this.accounts = new Accounts(database);
    this.nullifiers = new Nullifiers(database);
    this.notes = new Notes(database);
    this.networkNotes = new NetworkNotes(database);
    this.blocks = new Blocks(database);
    const count = this.blocks.count;
    this.#chain = new Mmr(new ChainNodes(database), count);
    const tip = this.blocks.header(count - 1);
    if (!tip) throw new OperatorError('database-damaged', 'The latest block is not in the database.');
    this.#tip = tip;
    this.epochLogBlocks = Number(this.#meta(META.epochLogBlocks).toString());
    this.genesisSource = this.#meta(META.genesis);
    const open = (file: string, leaves: Accounts | Nullifiers, root: Word): PersistentTree =>
      PersistentTree.open(join(folder, file), leaves, { block: tip.number, root });
    this.#accountTree = open(ACCOUNT_TREE, this.accounts, tip.accountRoot);
    this.#nullifierTree = open(NULLIFIER_TREE, this.nullifiers, tip.nullifierRoot);
  }

  #meta(name: string): Buffer {
    const value = this.#database
      .prepare<[string], Buffer>('SELECT value FROM meta WHERE name = ?')
      .pluck()
      .get(name);
    if (!value)
      throw new OperatorError('database-damaged', 'The database lacks a setting.', { details: name });
    return value;
  }

  /** Begins a network in a folder. Throws `OperatorError` if it has one already, or the first block contradicts itself. */
  static create(folder: string, genesis: Genesis): State {
    mkdirSync(folder, { recursive: true });
    const database = openDatabase(join(folder, DATABASE), SCHEMA);
    try {
      explained(() => database.transaction(() => writeGenesis(database, genesis))());
      return new State(folder, database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The state kept in a folder; `undefined` if there is none yet. Throws `OperatorError`. */
  static open(folder: string): State | undefined {
    mkdirSync(folder, { recursive: true });
    const database = openDatabase(join(folder, DATABASE), SCHEMA);
    try {
      if (new Blocks(database).count > 0) return new State(folder, database);
      database.close();
      return undefined;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The database, for what lives beside the state and changes with it. */
  get database(): Database {
    return this.#database;
  }
  get tip(): BlockHeader {
    return this.#tip;
  }
  /** The mountain range over all blocks, the latest included. */
  get chain(): Pick<Mmr, 'leaves' | 'peaks' | 'commitment' | 'open' | 'delta'> {
    return this.#chain;
  }
  /** Commitments of all blocks. */
  readonly view: ChainView = (number) => this.blocks.commitment(number);

  accountProof(id: AccountId): SmtProof {
    return this.#accountTree.open(id.key);
  }
  nullifierProof(nullifier: Word): SmtProof {
    return this.#nullifierTree.open(nullifier);
  }
  /** How a note is shown to be in its block. */
  inclusion({ block, batch, position }: Pick<KnownNote, 'block' | 'batch' | 'position'>): NoteInclusion {
    const header = this.blocks.header(block)!;
    const { index, path } = this.notes.tree(block).open(batch, position);
    return {
      blockNumber: block,
      subCommitment: blockSubCommitment(header),
      noteRoot: header.noteRoot,
      index,
      path,
    };
  }

  /** The roots that the next block has if it does this. */
  preview(change: StateChange): { accountRoot: Word; nullifierRoot: Word } {
    const undo = this.#change(change, this.#tip.number + 1);
    const roots = { accountRoot: this.#accountTree.root, nullifierRoot: this.#nullifierTree.root };
    undo();
    return roots;
  }

  #change({ updates, nullifiers }: StateChange, block: number): () => void {
    const undoAccounts = this.#accountTree.set(updates.map(({ id, final }): SmtEntry => [id.key, final]));
    const undoNullifiers = this.#nullifierTree.set(
      nullifiers.map((nullifier): SmtEntry => [nullifier, nullifierValue(block)]),
    );
    return () => {
      undoAccounts();
      undoNullifiers();
    };
  }

  /**
   * Adds a block: it is on disk when this returns. Throws `OperatorError` of kind `block-refused`, or a `ProtocolError`, if it
   * does not continue this chain, and of another kind if it cannot be written; then nothing has changed. What `also` writes
   * to the database is written together with the block.
   */
  apply(added: NewBlock, also: () => void = () => {}): void {
    const { block } = added;
    const { header, body } = block;
    this.#check(block);
    if (added.transactions.length !== count(block)) refuse('A block comes without its transactions.');
    const undo = this.#change(body, header.number);
    try {
      if (!wordsEqual(this.#accountTree.root, header.accountRoot))
        refuse('A block has another account root than its changes make.');
      if (!wordsEqual(this.#nullifierTree.root, header.nullifierRoot))
        refuse('A block has another nullifier root than its notes make.');
      explained(() =>
        this.#database.transaction(() => {
          this.#write(added);
          also();
        })(),
      );
    } catch (error) {
      undo();
      // The range may have grown by a leaf that the database does not keep.
      this.#chain = new Mmr(new ChainNodes(this.#database), header.number);
      throw error;
    }
    this.#tip = header;
    this.#accountTree.save(header.number);
    this.#nullifierTree.save(header.number);
  }

  #check({ header, body }: Block): void {
    const tip = this.#tip;
    checkSuccessor(header, tip);
    if (!wordsEqual(header.chain, this.#chain.commitment())) refuse('A block continues another chain.');
    const same = (a: Word, b: Word): boolean => wordsEqual(a, b);
    if (!same(header.protocolConfig, tip.protocolConfig) || !same(header.nextConfig, EMPTY_WORD))
      refuse('A block changes the rules, which this version cannot follow.');
    if (!same(header.validatorConfig, tip.validatorConfig)) refuse('A block changes the validators.');
    if (header.baseFee !== tip.baseFee) refuse('A block changes the base fee.');
    for (const { id, initial } of body.updates) {
      const known = this.accounts.withPrefixOf(id);
      if (known && !known.id.equals(id))
        refuse('An account has the first half of the id of another.', `${id}`);
      if (!wordsEqual(known?.commitment ?? EMPTY_WORD, initial))
        refuse('An account is not in the state that a block starts from.', `${id}`);
    }
    for (const nullifier of body.nullifiers)
      if (this.nullifiers.block(nullifier) !== undefined)
        refuse('A note is consumed a second time.', `nullifier ${wordKey(nullifier)}`);
  }

  #write({ block, signatures, transactions }: NewBlock): void {
    const { header, body } = block;
    const { number } = header;
    this.blocks.add(block, signatures);
    const places = body.batches.flatMap((batch, b) =>
      batch.transactions.map((transaction, position) => ({
        id: transactionId(transaction),
        batch: b,
        position,
      })),
    );
    for (const [i, { id, batch, position }] of places.entries())
      this.blocks.addTransaction(id, { block: number, batch, position }, transactions[i]);
    for (const update of body.updates) writeUpdate(this.accounts, update, number);
    for (const nullifier of body.nullifiers) this.nullifiers.add(nullifier, number);
    this.notes.add(number, body);
    this.networkNotes.update(number, body);
    this.#chain.add(block.commitment);
    if ((number + 1) % 2 ** this.epochLogBlocks === 0) this.blocks.addEpoch(this.#closeEpoch(header));
  }

  #closeEpoch({ number, accountRoot, nullifierRoot }: BlockHeader): EpochRecord {
    const epoch = epochOf(number, this.epochLogBlocks);
    const blockCount = 2 ** this.epochLogBlocks;
    const firstBlock = number + 1 - blockCount;
    const blocks = Array.from({ length: blockCount }, (_, i) => this.blocks.commitment(firstBlock + i)!);
    return {
      epoch,
      firstBlock,
      blockCount,
      previous: this.blocks.epochCommitment(epoch - 1) ?? EMPTY_WORD,
      blocks: epochBlocksCommitment(blocks),
      chain: this.#chain.commitment(),
      accountRoot,
      nullifierRoot,
    };
  }

  /** Ends the use of the folder. */
  close(): void {
    this.#accountTree.saveChanges(this.#tip.number);
    this.#nullifierTree.saveChanges(this.#tip.number);
    this.#database.close();
  }
}

const count = ({ body }: Block): number =>
  body.batches.reduce((sum, { transactions }) => sum + transactions.length, 0);

function writeUpdate(accounts: Accounts, { id, final, patch }: AccountChange, block: number): void {
  const after = id.type === 'public' ? published(accounts.publicAccount(id), patch) : undefined;
  if (after && !wordsEqual(after.commitment, final))
    refuse('What a public account publishes does not lead to its state.', `${id}`);
  accounts.set(id, final, block, after);
}

/** A public account after what it publishes; without that it only consumed notes and is as it was. */
function published(before: Account | undefined, patch: AccountPatch | undefined): Account | undefined {
  if (!patch) return before;
  return before ? before.apply(patch) : Account.created(patch);
}

function writeGenesis(database: Database, { block, signatures, epochLogBlocks, source }: Genesis): void {
  const { header, body } = block;
  const tree = new Smt(body.updates.map(({ id, final }): SmtEntry => [id.key, final]));
  const begins =
    header.number === 0 &&
    wordsEqual(header.chain, new Mmr().commitment()) &&
    wordsEqual(header.accountRoot, tree.root) &&
    wordsEqual(header.nullifierRoot, new Smt().root);
  if (!begins) refuse('This is not the first block of a network.');
  const [accounts, notes, blocks] = [new Accounts(database), new Notes(database), new Blocks(database)];
  if (blocks.count > 0)
    throw new OperatorError('database-busy', 'There is a network in this folder already.', {
      advice: 'Choose another folder.',
    });
  const meta = database.prepare('INSERT INTO meta VALUES (?, ?)');
  meta.run(META.genesis, source);
  meta.run(META.epochLogBlocks, Buffer.from(`${epochLogBlocks}`));
  blocks.add(block, signatures);
  for (const update of body.updates) writeUpdate(accounts, update, 0);
  notes.add(0, body);
  new NetworkNotes(database).update(0, body);
  new Mmr(new ChainNodes(database)).add(block.commitment);
}
