import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ServiceImpl } from '@connectrpc/connect';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import { AccountId } from '../../core/protocol/account/account-id.ts';
import { blockHeaderToBytes } from '../../core/protocol/block/block-header.ts';
import { epochToBytes } from '../../core/protocol/block/epoch.ts';
import { AnswerLimit, checkCount } from '../answers.ts';
import type { OperatorApi } from '../api.ts';
import type * as pb from './kiln_pb.ts';
import { plain, readWord, writeAccount, writeChainProof, writeDelta, writeNote } from './messages.ts';

type Service = ServiceImpl<typeof pb.Operator>;

const idsOf = (ids: readonly Uint8Array[]): AccountId[] => {
  checkCount('accounts', ids.length, AnswerLimit.ACCOUNTS);
  return ids.map((id) => AccountId.fromBytes(id));
};

/** An operator's answers as messages. */
export const operatorService = (operator: OperatorApi): Service => ({
  async status(_, { signal }) {
    const { version, network, genesis, tip, epochLogBlocks, waiting } = await operator.status({ signal });
    return {
      ...{ version, network, epochLogBlocks, waiting },
      genesis: wordToBytes(genesis),
      tip: plain(blockHeaderToBytes(tip)),
    };
  },
  genesis: async (_, { signal }) => ({ file: plain(await operator.genesis({ signal })) }),
  async submit({ transaction }, { signal }) {
    const { id, acceptedAt } = await operator.submit(transaction, { signal });
    return { id: wordToBytes(id), acceptedAt };
  },
  async transaction({ id }, { signal }): Promise<MessageInitShape<typeof pb.TransactionResponseSchema>> {
    const status = await operator.transaction(readWord(id, 'id of a transaction'), { signal });
    if (status.stage === 'unknown') return {};
    if (status.stage === 'waiting') return { stage: { case: 'waiting', value: {} } };
    if (status.stage === 'committed') return { stage: { case: 'committed', value: { block: status.block } } };
    const { kind, message, details } = status;
    return { stage: { case: 'dropped', value: { kind, message, details } } };
  },
  async sync({ after, notesAfter, tags, accounts, nullifierPrefixes, allNullifiers }, { signal }) {
    const answer = await operator.sync(
      {
        ...{ after, notesAfter, tags },
        accounts: idsOf(accounts),
        nullifiers: allNullifiers ? 'all' : nullifierPrefixes,
      },
      { signal },
    );
    return {
      header: plain(blockHeaderToBytes(answer.header)),
      signatures: plain(answer.signatures),
      chain: writeDelta(answer.chain),
      ...(answer.known && { known: writeChainProof(answer.known) }),
      notes: answer.notes.map(writeNote),
      accounts: answer.accounts.map(writeAccount),
      nullifiers: answer.nullifiers.map(({ nullifier, block }) => ({
        nullifier: wordToBytes(nullifier),
        block,
      })),
      upTo: answer.upTo,
    };
  },
  async blocks({ from, count, transactions }, { signal }) {
    const blocks = await operator.blocks({ from, count, transactions }, { signal });
    return {
      blocks: blocks.map((each) => ({
        block: plain(each.block),
        signatures: plain(each.signatures),
        transactions: each.transactions.map(plain),
      })),
    };
  },
  async accounts({ ids }, { signal }) {
    const { header, accounts } = await operator.accounts(idsOf(ids), { signal });
    return { header: plain(blockHeaderToBytes(header)), accounts: accounts.map(writeAccount) };
  },
  async nullifiers({ nullifiers }, { signal }) {
    checkCount('nullifiers', nullifiers.length, AnswerLimit.NULLIFIERS);
    const words = nullifiers.map((each) => readWord(each, 'nullifier'));
    const { header, proofs } = await operator.nullifiers(words, { signal });
    return {
      header: plain(blockHeaderToBytes(header)),
      proofs: proofs.map((proof) => plain(proof.toBytes())),
    };
  },
  async notes({ ids }, { signal }) {
    checkCount('notes', ids.length, AnswerLimit.NOTE_IDS);
    const words = ids.map((id) => readWord(id, 'id of a note'));
    const { header, notes } = await operator.notes(words, { signal });
    return { header: plain(blockHeaderToBytes(header)), notes: notes.map(writeNote) };
  },
  async epoch({ epoch }, { signal }) {
    const record = await operator.epoch(epoch, { signal });
    return record ? { record: plain(epochToBytes(record)) } : {};
  },
  async post({ tag, sealed }, { signal }) {
    await operator.post({ tag, sealed }, { signal });
    return {};
  },
  async mailbox({ tags, after }, { signal }) {
    const { items, more } = await operator.mailbox({ tags, after: Number(after) }, { signal });
    return {
      items: items.map(({ number, tag, sealed }) => ({ number: BigInt(number), tag, sealed: plain(sealed) })),
      more,
    };
  },
});
