import type { Word } from '../core/hash/word.ts';
import type { MmrDelta, MmrProof } from '../core/merkle/mmr.ts';
import type { SmtProof } from '../core/merkle/smt-proof.ts';
import type { Account } from '../core/protocol/account/account.ts';
import type { AccountId } from '../core/protocol/account/account-id.ts';
import type { BlockHeader } from '../core/protocol/block/block-header.ts';
import type { EpochRecord } from '../core/protocol/block/epoch.ts';
import type { NoteInclusion } from '../core/protocol/note/note-inclusion.ts';
import type { PublishedNote } from '../core/protocol/transaction/note-lists.ts';

/** Where a network and its operator stand. */
export interface OperatorStatus {
  readonly version: string;
  /** The prefix of the network's account ids. */
  readonly network: string;
  /** Commitment of the first block: what tells networks apart. */
  readonly genesis: Word;
  readonly tip: BlockHeader;
  readonly epochLogBlocks: number;
  /** Transactions that wait for a block. */
  readonly waiting: number;
}

/** A transaction that is on the operator's disk. */
export interface Receipt {
  readonly id: Word;
  /** Seconds since 1970, when it was first accepted. */
  readonly acceptedAt: number;
}

export type TransactionStatus =
  | { readonly stage: 'unknown' }
  | { readonly stage: 'waiting' }
  | { readonly stage: 'committed'; readonly block: number }
  | { readonly stage: 'dropped'; readonly kind: string; readonly message: string; readonly details: string };

/** Tags whose first `bits` bits, 0 to 32, are those of `value`. */
export interface TagPrefix {
  readonly value: number;
  readonly bits: number;
}

export interface SyncRequest {
  /** The latest block that the client knows; undefined at the beginning. */
  readonly after?: number | undefined;
  /** Notes and nullifiers after this block; as `after` if not given. For the pages behind the first. */
  readonly notesAfter?: number | undefined;
  readonly tags: readonly TagPrefix[];
  readonly accounts: readonly AccountId[];
  /** First 16 bits of nullifiers; everything that was consumed if `all`. */
  readonly nullifiers: readonly number[] | 'all';
}

/** A note, and that it is in its block. */
export interface ServedNote {
  readonly note: PublishedNote;
  readonly inclusion: NoteInclusion;
  /** That its block is in the chain before {@link SyncAnswer.header}; none for that block itself. */
  readonly block?: MmrProof | undefined;
}

/** An account's state in a block. */
export interface ServedAccount {
  readonly id: AccountId;
  readonly commitment: Word;
  /** Under the block's account root. */
  readonly proof: SmtProof;
  /** All of a public account. */
  readonly account?: Account | undefined;
}

export interface SyncAnswer {
  /** The latest block, which everything here is proved against. */
  readonly header: BlockHeader;
  readonly signatures: Uint8Array;
  /** From the blocks before the one that the client knows to those before {@link header}. */
  readonly chain: MmrDelta;
  /** That the block the client knows is in the chain; undefined if it is the latest, or there is none. */
  readonly known?: MmrProof | undefined;
  readonly notes: readonly ServedNote[];
  readonly accounts: readonly ServedAccount[];
  readonly nullifiers: readonly { readonly nullifier: Word; readonly block: number }[];
  /** Notes and nullifiers are those up to this block; ask again after it until it is the latest. */
  readonly upTo: number;
}

/** A block as it is kept, and its transactions with their proofs. */
export interface ServedBlock {
  readonly block: Uint8Array;
  readonly signatures: Uint8Array;
  readonly transactions: readonly Uint8Array[];
}

/** A sealed note on its way: what the operator sees of it. */
export interface MailboxItem {
  readonly tag: number;
  readonly sealed: Uint8Array;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * What can be asked of an operator, in the same process or over the network. Rejects with an `OperatorError`, a `FormatError` or a
 * `ProtocolError`. Nothing in an answer is to be trusted before it is verified.
 */
export interface OperatorApi {
  status(options?: CallOptions): Promise<OperatorStatus>;
  /** The file that the network was made from. */
  genesis(options?: CallOptions): Promise<Uint8Array>;
  /** Takes a proven transaction. It is on disk when this resolves; submitting it again changes nothing. */
  submit(transaction: Uint8Array, options?: CallOptions): Promise<Receipt>;
  transaction(id: Word, options?: CallOptions): Promise<TransactionStatus>;
  sync(request: SyncRequest, options?: CallOptions): Promise<SyncAnswer>;
  /** Blocks from this number on, as many as fit an answer; with their transactions for whoever verifies them. */
  blocks(
    request: { readonly from: number; readonly count: number; readonly transactions: boolean },
    options?: CallOptions,
  ): Promise<ServedBlock[]>;
  /** The accounts as they stand after the latest block. */
  accounts(
    ids: readonly AccountId[],
    options?: CallOptions,
  ): Promise<{ readonly header: BlockHeader; readonly accounts: readonly ServedAccount[] }>;
  /** Whether notes are consumed, after the latest block. */
  nullifiers(
    nullifiers: readonly Word[],
    options?: CallOptions,
  ): Promise<{ readonly header: BlockHeader; readonly proofs: readonly SmtProof[] }>;
  /** Notes by id, proved against the latest block; those that are in no block are left out. */
  notes(
    ids: readonly Word[],
    options?: CallOptions,
  ): Promise<{ readonly header: BlockHeader; readonly notes: readonly ServedNote[] }>;
  epoch(epoch: number, options?: CallOptions): Promise<EpochRecord | undefined>;
  /** Leaves a sealed note for whoever asks for its tag. */
  post(item: MailboxItem, options?: CallOptions): Promise<void>;
  /** Sealed notes with such tags that came after the item with this number. */
  mailbox(
    request: { readonly tags: readonly TagPrefix[]; readonly after: number },
    options?: CallOptions,
  ): Promise<{
    readonly items: readonly (MailboxItem & { readonly number: number })[];
    readonly more: boolean;
  }>;
}
