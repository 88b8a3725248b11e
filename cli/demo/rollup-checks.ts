import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../core/hash/word.ts';
import { Mmr } from '../../core/merkle/mmr.ts';
import { Smt } from '../../core/merkle/smt.ts';
import { runAtOnce } from '../../core/pace.ts';
import { Account } from '../../core/protocol/account/account.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import { Block } from '../../core/protocol/block/block.ts';
import { epochBlocksCommitment } from '../../core/protocol/block/epoch.ts';
import { blockNoteTree } from '../../core/protocol/block/note-tree.ts';
import { checkSignatures, signaturesFromBytes } from '../../core/protocol/block/validators.ts';
import type { TransactionKernel } from '../../core/protocol/kernel/kernel.ts';
import type { Note } from '../../core/protocol/note/note.ts';
import { readFaucet } from '../../core/protocol/standards/faucet.ts';
import type { Operator } from '../../operator/operator.ts';
import { checkingState } from '../../operator/state/check.ts';
import type { State } from '../../operator/state/state.ts';

/** Something that must hold, computed by other means than the operator's. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
}

/** What the owners know of it themselves. */
export interface Known {
  readonly kernel: TransactionKernel;
  readonly operator: Operator;
  readonly second: State;
  /** Accounts as their owners hold them. */
  readonly accounts: readonly Account[];
  readonly issuer: AccountId;
  /** Notes consumed in a block, and which one. */
  readonly consumed: readonly { readonly note: Note; readonly block: number }[];
  /** Made and consumed in the same batch. */
  readonly erased: Note;
}

export const allBlocks = async (operator: Operator): Promise<{ block: Block; signatures: Uint8Array }[]> => {
  const blocks: { block: Block; signatures: Uint8Array }[] = [];
  for (;;) {
    const served = await operator.blocks({ from: blocks.length, count: 64, transactions: false });
    if (served.length === 0) return blocks;
    for (const { block, signatures } of served) blocks.push({ block: Block.fromBytes(block), signatures });
  }
};

/** Recomputes everything from what the owners hold and from published blocks. */
export async function checkRollup(known: Known): Promise<Check[]> {
  const { kernel, operator, second, accounts, issuer, consumed, erased } = known;
  const published = await allBlocks(operator);
  const blocks = published.map(({ block }) => block);
  const tip = blocks[blocks.length - 1].header;
  const checks: Check[] = [];
  const check = (name: string, ok: boolean): void => void checks.push({ name, ok });

  const accountTree = new Smt(accounts.map((each) => [each.id.key, each.commitment] as const));
  check(
    'the account root is that of the accounts as their owners hold them',
    wordsEqual(accountTree.root, tip.accountRoot),
  );
  const nullifiers = new Smt(
    consumed.map(({ note, block }) => [note.nullifier, [BigInt(block), 0n, 0n, 0n] as Word] as const),
  );
  check(
    'the nullifier root is that of the notes that were consumed',
    wordsEqual(nullifiers.root, tip.nullifierRoot),
  );
  const range = new Mmr();
  check(
    'every block commits to those before it',
    blocks.every(({ header, commitment }) => {
      const ok = wordsEqual(header.chain, range.commitment());
      range.add(commitment);
      return ok;
    }),
  );
  check(
    'every note root is that of the notes published',
    blocks.every(({ header, body }) =>
      wordsEqual(
        header.noteRoot,
        blockNoteTree(
          body.batches.flatMap(({ notes }, batch) => notes.map(({ index, id }) => ({ batch, index, id }))),
        ).root,
      ),
    ),
  );
  check(
    'every block but the first is signed by its validators',
    published
      .slice(1)
      .every(({ block, signatures }) =>
        holds(() =>
          checkSignatures(operator.network.validators, block.commitment, signaturesFromBytes(signatures)),
        ),
      ),
  );
  const record = await operator.epoch(0);
  const inEpoch = blocks.slice(0, record?.blockCount);
  check(
    "the first epoch's record is that of its blocks",
    record !== undefined &&
      wordsEqual(record.blocks, epochBlocksCommitment(inEpoch.map(({ commitment }) => commitment))) &&
      wordsEqual(record.chain, Mmr.of(inEpoch.map(({ commitment }) => commitment)).commitment()),
  );
  const made = new Set(
    blocks.flatMap(({ body }) => body.batches.flatMap(({ notes }) => notes.map(({ id }) => wordKey(id)))),
  );
  const { proofs } = await operator.nullifiers([erased.nullifier]);
  check('a note made and consumed in one batch is in no block', !made.has(wordKey(erased.id)));
  check('and has no nullifier', proofs[0].verify(tip.nullifierRoot, erased.nullifier, EMPTY_WORD));

  const held = accounts.flatMap(({ vault }) => vault.assets).reduce((sum, { amount }) => sum + amount, 0n);
  const rebuilt = rebuild(blocks, issuer);
  const token = rebuilt && readFaucet(kernel, rebuilt)?.token;
  check('what all own together is what was issued', token?.supply === held);
  const own = accounts.find(({ id }) => id.equals(issuer));
  check(
    'the public issuer is rebuilt from blocks alone',
    rebuilt !== undefined && own !== undefined && wordsEqual(rebuilt.commitment, own.commitment),
  );
  check(
    'a second node that verified every proof is at the same block',
    wordsEqual(second.view(tip.number) ?? EMPTY_WORD, range.get(tip.number)),
  );
  check(
    'the operator recomputes its state from what it stored',
    runAtOnce(checkingState(operator.state)).every(({ ok }) => ok),
  );
  return checks;
}

/** A public account from what blocks publish. */
function rebuild(blocks: readonly Block[], id: AccountId): Account | undefined {
  let account: Account | undefined;
  for (const { body } of blocks)
    for (const update of body.updates)
      if (update.id.equals(id) && update.patch)
        account = account ? account.apply(update.patch) : Account.created(update.patch);
  return account;
}

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
