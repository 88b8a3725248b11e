import { type Client, createClient, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import type { Word } from '../../core/hash/word.ts';
import { wordToBytes } from '../../core/hash/word-bytes.ts';
import { SmtProof } from '../../core/merkle/smt-proof.ts';
import type { AccountId } from '../../core/protocol/account/account-id.ts';
import { blockHeaderFromBytes } from '../../core/protocol/block/block-header.ts';
import { epochFromBytes } from '../../core/protocol/block/epoch.ts';
import type { CallOptions, MailboxItem, OperatorApi, SyncRequest, TransactionStatus } from '../api.ts';
import { badAnswer } from './failures.ts';
import { Operator } from './kiln_pb.ts';
import { plain, present, readAccount, readChainProof, readDelta, readNote, readWord } from './messages.ts';

export interface OperatorClientOptions {
  /** `http://127.0.0.1:57291` or the like. */
  readonly url: string;
  readonly token?: string | undefined;
  /** ms that an answer may take. */
  readonly timeout?: number;
  /** PEM of the one certificate, or authority, that is trusted; the system's if not given. */
  readonly certificate?: string | undefined;
}

const TIMEOUT = 30_000;
const MAX_ANSWER_BYTES = 2 ** 27;

const bearing =
  (token: string): Interceptor =>
  (next) =>
  (request) => {
    request.header.set('authorization', `Bearer ${token}`);
    return next(request);
  };

/** An operator on another machine, or in another process. Rejects with an `OperatorError`, `unreachable` if nobody answers. */
export class OperatorClient implements OperatorApi {
  readonly #client: Client<typeof Operator>;

  constructor({ url, token, timeout = TIMEOUT, certificate }: OperatorClientOptions) {
    this.#client = createClient(
      Operator,
      createGrpcTransport({
        baseUrl: url,
        interceptors: token ? [bearing(token)] : [],
        defaultTimeoutMs: timeout,
        readMaxBytes: MAX_ANSWER_BYTES,
        ...(certificate && { nodeOptions: { ca: certificate } }),
      }),
    );
  }

  async #ask<T>(
    { signal }: CallOptions,
    ask: (client: Client<typeof Operator>, options: { signal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      return await ask(this.#client, signal ? { signal } : {});
    } catch (error) {
      throw badAnswer(error, signal?.aborted ?? false);
    }
  }

  status(options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const { version, network, genesis, tip, epochLogBlocks, waiting } = await client.status({}, call);
      return {
        ...{ version, network, epochLogBlocks, waiting },
        genesis: readWord(genesis, 'commitment of the first block'),
        tip: blockHeaderFromBytes(tip),
      };
    });
  }
  genesis(options: CallOptions = {}): Promise<Uint8Array> {
    return this.#ask(options, async (client, call) => (await client.genesis({}, call)).file);
  }
  submit(transaction: Uint8Array, options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const { id, acceptedAt } = await client.submit({ transaction: plain(transaction) }, call);
      return { id: readWord(id, 'id of a transaction'), acceptedAt };
    });
  }
  transaction(id: Word, options: CallOptions = {}): Promise<TransactionStatus> {
    return this.#ask(options, async (client, call): Promise<TransactionStatus> => {
      const { stage } = await client.transaction({ id: wordToBytes(id) }, call);
      if (stage.case === 'waiting') return { stage: 'waiting' };
      if (stage.case === 'committed') return { stage: 'committed', block: stage.value.block };
      if (stage.case !== 'dropped') return { stage: 'unknown' };
      const { kind, message, details } = stage.value;
      return { stage: 'dropped', kind, message, details };
    });
  }
  sync({ after, notesAfter, tags, accounts, nullifiers }: SyncRequest, options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const answer = await client.sync(
        {
          ...(after !== undefined && { after }),
          ...(notesAfter !== undefined && notesAfter >= 0 && { notesAfter }),
          tags: tags.map(({ value, bits }) => ({ value, bits })),
          accounts: accounts.map((id) => plain(id.toBytes())),
          ...(nullifiers === 'all' ? { allNullifiers: true } : { nullifierPrefixes: [...nullifiers] }),
        },
        call,
      );
      return {
        header: blockHeaderFromBytes(answer.header),
        signatures: answer.signatures,
        chain: readDelta(present(answer.chain, 'the chain')),
        known: answer.known && readChainProof(answer.known),
        notes: answer.notes.map(readNote),
        accounts: answer.accounts.map(readAccount),
        nullifiers: answer.nullifiers.map(({ nullifier, block }) => ({
          nullifier: readWord(nullifier, 'nullifier'),
          block,
        })),
        upTo: answer.upTo,
      };
    });
  }
  blocks(request: Parameters<OperatorApi['blocks']>[0], options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const { blocks } = await client.blocks(request, call);
      return blocks.map(({ block, signatures, transactions }) => ({ block, signatures, transactions }));
    });
  }
  accounts(ids: readonly AccountId[], options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const answer = await client.accounts({ ids: ids.map((id) => plain(id.toBytes())) }, call);
      return { header: blockHeaderFromBytes(answer.header), accounts: answer.accounts.map(readAccount) };
    });
  }
  nullifiers(nullifiers: readonly Word[], options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const answer = await client.nullifiers({ nullifiers: nullifiers.map(wordToBytes) }, call);
      return {
        header: blockHeaderFromBytes(answer.header),
        proofs: answer.proofs.map((each) => SmtProof.fromBytes(each)),
      };
    });
  }
  notes(ids: readonly Word[], options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const answer = await client.notes({ ids: ids.map(wordToBytes) }, call);
      return { header: blockHeaderFromBytes(answer.header), notes: answer.notes.map(readNote) };
    });
  }
  epoch(epoch: number, options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const { record } = await client.epoch({ epoch }, call);
      return record.length > 0 ? epochFromBytes(record) : undefined;
    });
  }
  async post({ tag, sealed }: MailboxItem, options: CallOptions = {}): Promise<void> {
    await this.#ask(options, (client, call) => client.post({ tag, sealed: plain(sealed) }, call));
  }
  mailbox({ tags, after }: Parameters<OperatorApi['mailbox']>[0], options: CallOptions = {}) {
    return this.#ask(options, async (client, call) => {
      const request = { tags: tags.map(({ value, bits }) => ({ value, bits })), after: BigInt(after) };
      const { items, more } = await client.mailbox(request, call);
      return {
        items: items.map(({ number, tag, sealed }) => ({ number: Number(number), tag, sealed })),
        more,
      };
    });
  }
}
