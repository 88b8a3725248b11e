import { ByteReader, ByteWriter } from '../../bytes.ts';
import { EMPTY_WORD, wordsEqual } from '../../hash/word.ts';
import type { Steps } from '../../pace.ts';
import { AdviceTape } from '../../vm/advice/tape.ts';
import { replaying } from '../../vm/execute.ts';
import type { Account } from '../account/account.ts';
import { accountCommitment, readHeader, writeHeader } from '../account/account-header.ts';
import { AccountPatch } from '../account/account-patch.ts';
import { type AccountSource, publicCommitment } from '../account/account-source.ts';
import type { ForeignAccount } from '../account/foreign-account.ts';
import { PartialAccount } from '../account/partial-account.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { publicInputs, transactionProgram } from '../executor/execute-transaction.ts';
import { PHASES } from '../executor/host.ts';
import { inputsFromBytes, inputsToBytes } from '../executor/inputs-format.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import { Limit } from '../limits.ts';
import {
  type ExecutedTransaction,
  type Phase,
  readKernelRoot,
  writeKernelRoot,
} from './executed-transaction.ts';
import {
  inputCommitment,
  inputNotesCommitment,
  outputNotesCommitment,
  readOutputNote,
  writeOutputNote,
} from './note-lists.ts';
import { transactionId } from './transaction-id.ts';

const FORMAT = 1;
const MIN_NOTE_BYTES = 33;
const MIN_PHASE_BYTES = 2;

/**
 * All that an executed transaction is, of the account what it touched: to keep it until it is proved. What the run drew from its
 * advice is in it, so it tells secrets that authenticate.
 */
export function executedToBytes(
  executed: ExecutedTransaction<AccountSource>,
  kernel: Pick<TransactionKernel, 'program'>,
): Uint8Array {
  const { inputs, touched, foreign, final, patch, outputs, expirationBlock, phases, execution } = executed;
  const writer = new ByteWriter().u8(FORMAT);
  writeKernelRoot(kernel, writer);
  const own = inputsToBytes({ ...inputs, account: touched, foreign });
  writer.vint(own.length).bytes(own);
  writeHeader(final, writer);
  patch.write(writer);
  writer.vint(outputs.length);
  for (const output of outputs) writeOutputNote(output, writer);
  writer.u32(expirationBlock).vint(phases.length);
  for (const { name, rows } of phases) writer.u8(PHASES.indexOf(name)).vint(rows);
  execution.tape.writeTo(writer);
  return writer.finish();
}

const isPartial = (foreign: ForeignAccount): foreign is ForeignAccount<PartialAccount> =>
  foreign.account instanceof PartialAccount;

/**
 * Reads {@link executedToBytes}'s form and repeats the run; steps tell cycles. Throws `FormatError`; `transaction` for another
 * kernel, and where the run has other effects than those that stand there; `ExecutionError` if the run cannot be repeated.
 */
export function* readingExecuted(
  bytes: Uint8Array,
  kernel: TransactionKernel,
): Steps<ExecutedTransaction<Account | PartialAccount>> {
  const reader = new ByteReader(bytes, 'executed transaction');
  const format = reader.u8();
  if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
  readKernelRoot(reader, kernel);
  const inputs = inputsFromBytes(reader.bytes(reader.count(1)));
  const { account: touched, foreign = [] } = inputs;
  if (!(touched instanceof PartialAccount) || !foreign.every(isPartial))
    return reader.fail('it holds more of an account than it touched');
  const final = readHeader(reader);
  const patch = AccountPatch.read(reader);
  const outputs = Array.from({ length: reader.count(MIN_NOTE_BYTES, Limit.OUTPUT_NOTES) }, () =>
    readOutputNote(reader),
  );
  const expirationBlock = reader.u32();
  const phases = Array.from(
    { length: reader.count(MIN_PHASE_BYTES, Limit.INPUT_NOTES + PHASES.length) },
    (): Phase => ({
      name: PHASES[reader.u8()] ?? reader.fail('a phase is not known'),
      rows: Number(reader.vint()),
    }),
  );
  const tape = AdviceTape.readFrom(reader);
  reader.end();

  const run = { program: transactionProgram(kernel, inputs), stackInputs: publicInputs(inputs), tape };
  const execution = yield* replaying(run, { maxCycles: Limit.TRANSACTION_CYCLES });
  const outputNotes = outputNotesCommitment(outputs.map(({ note }) => note.header));
  const told = [
    ...outputNotes,
    ...commitPair(ProtocolDomain.ACCOUNT_UPDATE, accountCommitment(final), patch.commitment),
    BigInt(expirationBlock),
  ];
  const rows = phases.reduce((sum, phase) => sum + phase.rows, 0);
  if (
    told.some((value, i) => value !== execution.stack[i]) ||
    rows !== execution.cycles ||
    !wordsEqual(execution.deferredRoot, EMPTY_WORD)
  )
    throw new ProtocolError('transaction', 'This run is of another transaction.');
  return {
    id: transactionId({
      initial: publicCommitment(touched.header),
      final: accountCommitment(final),
      inputNotes: inputNotesCommitment((inputs.notes ?? []).map(inputCommitment)),
      outputNotes,
    }),
    inputs,
    touched,
    foreign,
    final,
    account: undefined,
    patch,
    outputs,
    expirationBlock,
    phases,
    execution,
  };
}
