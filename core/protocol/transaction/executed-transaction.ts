import { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import type { Steps } from '../../pace.ts';
import { AdviceTape } from '../../vm/advice/tape.ts';
import { type Execution, replaying } from '../../vm/execute.ts';
import { readForestFrom, writeForestTo } from '../../vm/mast/format.ts';
import type { Program } from '../../vm/mast/types.ts';
import type { Account } from '../account/account.ts';
import { type AccountHeader, accountCommitment } from '../account/account-header.ts';
import type { AccountPatch } from '../account/account-patch.ts';
import { type AccountSource, publicCommitment } from '../account/account-source.ts';
import type { ForeignAccount } from '../account/foreign-account.ts';
import type { PartialAccount } from '../account/partial-account.ts';
import { blockCommitment } from '../block/block-header.ts';
import { ProtocolError } from '../errors.ts';
import type { PhaseStart } from '../executor/host.ts';
import type { TransactionInputs } from '../executor/transaction-inputs.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import { Limit } from '../limits.ts';
import { inputCommitment, type OutputNote, publish } from './note-lists.ts';
import { TransactionData } from './transaction-data.ts';

/** A part of a transaction and the rows it took in the Core trace. */
export interface Phase {
  readonly name: PhaseStart['name'];
  readonly rows: number;
}

/** What comes of a transaction. */
export interface TransactionEffects<A extends AccountSource = Account> {
  readonly inputs: TransactionInputs<A>;
  /** What the run touched of the account: with it in place of the account, the inputs are complete. */
  readonly touched: PartialAccount;
  /** The same of the foreign accounts that were read, and of no others. */
  readonly foreign: readonly ForeignAccount<PartialAccount>[];
  /** The account after. */
  readonly final: AccountHeader;
  /** The account after, whole, where it was given whole; else `patch` is for whoever keeps it. */
  readonly account: A extends Account ? Account : Account | undefined;
  readonly patch: AccountPatch;
  readonly outputs: readonly OutputNote[];
  /** The last block it may be in. */
  readonly expirationBlock: number;
}

/** A transaction that was executed: its effects, and all that is needed to prove it without any database. */
export interface ExecutedTransaction<A extends AccountSource = Account> extends TransactionEffects<A> {
  readonly id: Word;
  /** A `note` for each note consumed. */
  readonly phases: readonly Phase[];
  readonly execution: Execution;
}

/** What a prover needs: the public data that the proof is about, and the run. */
export interface TransactionWitness {
  readonly data: TransactionData;
  readonly execution: Execution;
}

/** What the network will learn. Throws `transaction` for what no network takes, e.g. a transaction that does nothing. */
export function transactionData(effects: TransactionEffects<AccountSource>): TransactionData {
  const { inputs, final, patch, outputs, expirationBlock } = effects;
  const published = final.id.type === 'public' && !patch.isEmpty;
  return new TransactionData({
    account: {
      id: final.id,
      initial: publicCommitment(inputs.account.header),
      final: accountCommitment(final),
      patchCommitment: patch.commitment,
      ...(published && { patch }),
    },
    inputs: (inputs.notes ?? []).map(inputCommitment),
    outputs: outputs.map(publish),
    referenceBlock: inputs.block.number,
    referenceCommitment: blockCommitment(inputs.block),
    expirationBlock,
  });
}

export const transactionWitness = (executed: ExecutedTransaction<AccountSource>): TransactionWitness => ({
  data: transactionData(executed),
  execution: executed.execution,
});

const FORMAT = 1;
const MIN_FOREST_BYTES = 16;
/** An account's, and those of 1,024 notes. */
const MAX_FORESTS = 2 ** 15;

/**
 * A witness for a prover on another machine: the kernel's root, public data, the code beside the kernel's own, and what the
 * run drew from its advice. The last tells everything, secrets of the authentication too: it is for a machine that one trusts
 * as one's own.
 */
export function witnessToBytes(
  { data, execution }: TransactionWitness,
  kernel: Pick<TransactionKernel, 'program'>,
): Uint8Array {
  const { program, stackInputs, tape } = execution;
  const own = new Set(kernel.program.libraries);
  const forests = program.libraries.filter((forest) => !own.has(forest));
  const writer = new ByteWriter().u8(FORMAT);
  writeKernelRoot(kernel, writer);
  data.write(writer);
  writer.vint(forests.length);
  for (const forest of forests) writeForestTo(forest, writer);
  writer.vint(stackInputs.length);
  for (const value of stackInputs) writer.felt(value);
  tape.writeTo(writer);
  return writer.finish();
}

/**
 * Reads {@link witnessToBytes}'s form and repeats the run; steps tell cycles. Throws `FormatError`; `transaction` for another
 * kernel; `ExecutionError` if the run cannot be repeated. That run and public data belong together is `proveTransaction`'s
 * to check.
 */
export function* readingWitness(
  bytes: Uint8Array,
  { program }: Pick<TransactionKernel, 'program'>,
): Steps<TransactionWitness> {
  const reader = new ByteReader(bytes, 'executed transaction');
  const format = reader.u8();
  if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
  readKernelRoot(reader, { program });
  const data = TransactionData.read(reader);
  const forests = Array.from({ length: reader.count(MIN_FOREST_BYTES, MAX_FORESTS) }, () =>
    readForestFrom(reader),
  );
  const stackInputs = Array.from({ length: reader.count(8, 16) }, () => reader.felt());
  const tape = AdviceTape.readFrom(reader);
  reader.end();
  const whole = { ...program, libraries: [...program.libraries, ...forests] };
  const execution = yield* replaying(
    { program: whole, stackInputs, tape },
    { maxCycles: Limit.TRANSACTION_CYCLES },
  );
  return { data, execution };
}

type KernelProgram = Pick<TransactionKernel, 'program'>;

export const writeKernelRoot = ({ program }: KernelProgram, writer: ByteWriter): ByteWriter =>
  writer.word(rootOf(program));

/** Throws `transaction` for a run of another kernel's. */
export function readKernelRoot(reader: ByteReader, { program }: KernelProgram): void {
  const root = reader.word();
  if (wordsEqual(root, rootOf(program))) return;
  throw new ProtocolError('transaction', 'The transaction was executed by another kernel.', {
    details: `its kernel is ${wordKey(root)}, this one is ${wordKey(rootOf(program))}`,
    advice: 'Use one version of Kiln for executing and proving.',
  });
}

const rootOf = ({ forest, entry }: Program): Word => forest.nodes[entry].digest;
