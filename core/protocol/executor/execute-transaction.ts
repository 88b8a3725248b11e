import type { Felt } from '../../field/felt.ts';
import { EMPTY_WORD, wordKey, wordsEqual } from '../../hash/word.ts';
import { runAtOnce, type Steps } from '../../pace.ts';
import { ExecutionError } from '../../vm/errors.ts';
import { type Execution, executing } from '../../vm/execute.ts';
import type { Program } from '../../vm/mast/types.ts';
import { Account } from '../account/account.ts';
import { type AccountHeader, accountCommitment } from '../account/account-header.ts';
import { AccountPatch } from '../account/account-patch.ts';
import { type AccountSource, publicCommitment } from '../account/account-source.ts';
import { PartialAccount } from '../account/partial-account.ts';
import { blockCommitment } from '../block/block-header.ts';
import { commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import { Limit } from '../limits.ts';
import { Note } from '../note/note.ts';
import { feeRecipient } from '../standards/tx-fee.ts';
import type { ExecutedTransaction, Phase, TransactionEffects } from '../transaction/executed-transaction.ts';
import {
  checkNotes,
  inputCommitment,
  inputNotesCommitment,
  type OutputNote,
  outputNotesCommitment,
} from '../transaction/note-lists.ts';
import { transactionId } from '../transaction/transaction-id.ts';
import { transactionAdvice } from './advice.ts';
import { type Authenticator, UnauthorizedError } from './authentication.ts';
import { transactionFailure } from './failure.ts';
import { ForeignHost, type ForeignLookup } from './foreign-host.ts';
import { type Outcome, type PhaseStart, TransactionHost } from './host.ts';
import type { TransactionInputs } from './transaction-inputs.ts';

/** What a transaction may look up that touches all the map entries and assets that it can: 128 nodes of 96 bytes for each. */
const MAX_ADVICE_BYTES = 2 ** 27;

/** As {@link executingTransaction}, at once. */
export const executeTransaction = <A extends AccountSource = Account>(
  kernel: TransactionKernel,
  inputs: TransactionInputs<A>,
  authenticator: Authenticator = {},
  lookup?: ForeignLookup,
): ExecutedTransaction<A> => runAtOnce(executingTransaction(kernel, inputs, authenticator, lookup));

/**
 * Executes a transaction; steps tell cycles. Throws a {@link TransactionFailure} if the kernel or a script refuses; its kind is
 * `authentication` if the account asks for a secret or a signature that is not there. Throws {@link UnauthorizedError} if others
 * could still agree. Foreign accounts that are not among the inputs are looked up when the kernel needs them.
 */
export function* executingTransaction<A extends AccountSource = Account>(
  kernel: TransactionKernel,
  inputs: TransactionInputs<A>,
  authenticator: Authenticator = {},
  lookup?: ForeignLookup,
): Steps<ExecutedTransaction<A>> {
  const run = runningForEffects(kernel, kernel.program, inputs, authenticator, lookup);
  const { effects, phases, execution } = yield* run;
  const { final, outputs } = effects;
  return {
    ...effects,
    id: transactionId({
      initial: publicCommitment(inputs.account.header),
      final: accountCommitment(final),
      inputNotes: inputNotesCommitment((inputs.notes ?? []).map(inputCommitment)),
      outputNotes: outputNotesCommitment(outputs.map(({ note }) => note.header)),
    }),
    phases,
    execution,
  };
}

/** Runs the kernel's program, or another that ends as it does, and tells what came of it. */
export function* runningForEffects<A extends AccountSource>(
  kernel: TransactionKernel,
  program: Program,
  inputs: TransactionInputs<A>,
  authenticator: Authenticator,
  lookup?: ForeignLookup,
): Steps<{
  readonly effects: TransactionEffects<A>;
  readonly phases: readonly Phase[];
  readonly execution: Execution;
}> {
  const { notes = [] } = inputs;
  const { source: account, partial: touched } = PartialAccount.watching(inputs.account);
  const foreign = new ForeignHost(inputs, lookup);
  const host = new TransactionHost(account, kernel, authenticator, inputs.upgrade, foreign);
  const execution = yield* runningKernel(kernel, program, { ...inputs, account }, host);
  if (!wordsEqual(execution.deferredRoot, EMPTY_WORD)) {
    throw new ProtocolError(
      'transaction',
      'A script leaves statements to precompiles, which Kiln cannot prove.',
    );
  }
  const { outcome } = host;
  if (!outcome) throw new RangeError('the kernel ended without telling what it did');
  const patch = patchOf(account, outcome);
  const { header: final } = outcome;
  const { id, nonce } = account.header;
  const paying = feeRecipient(kernel, { account: id, nonce, block: inputs.block.number });
  const recipients = new Map(
    [...(inputs.recipients ?? []), paying].map((recipient) => [wordKey(recipient.digest), recipient]),
  );
  const outputs = outcome.notes.map((note): OutputNote => {
    const recipient = recipients.get(wordKey(note.recipient));
    return recipient ? { kind: 'full', note: new Note({ ...note, recipient }) } : { kind: 'partial', note };
  });
  const headers = outputs.map(({ note }) => note.header);
  assertAgree(execution.stack, [
    ...outputNotesCommitment(headers),
    ...commitPair(ProtocolDomain.ACCOUNT_UPDATE, accountCommitment(final), patch.commitment),
  ]);
  checkNotes(notes.map(inputCommitment), headers);
  const effects: TransactionEffects<A> = {
    inputs,
    touched,
    foreign: foreign.touched,
    final,
    account: wholeAfter(inputs.account, patch, final) as TransactionEffects<A>['account'],
    patch,
    outputs,
    expirationBlock: Number(execution.stack[8]),
  };
  return { effects, phases: phasesOf(host.phases, execution.cycles), execution };
}

/** What the kernel is given in public: block, account and notes that the transaction is about. */
export const publicInputs = ({
  account: { header },
  block,
  notes = [],
}: TransactionInputs<AccountSource>): Felt[] => [
  ...blockCommitment(block),
  ...publicCommitment(header),
  ...inputNotesCommitment(notes.map(inputCommitment)),
  header.id.suffix,
  header.id.prefix,
  BigInt(block.number),
  0n,
];

/** The kernel with the code that this transaction calls by its digest: that of the accounts, notes' and its own. */
export const transactionProgram = (
  { program }: Pick<TransactionKernel, 'program'>,
  inputs: TransactionInputs<AccountSource>,
): Program => withCode(program, inputs);

function withCode(
  program: Program,
  { account, notes = [], script, foreign = [] }: TransactionInputs<AccountSource>,
): Program {
  const scripts = [...notes.map(({ note }) => note.recipient.script), ...(script ? [script] : [])];
  const codes = [account.code, ...foreign.map((each) => each.account.code), ...scripts];
  const forests = new Set(codes.flatMap((each) => each.forests));
  return { ...program, libraries: [...program.libraries, ...forests] };
}

/** Runs a program that begins as the kernel's does; steps tell cycles. Throws a {@link TransactionFailure}. */
export function* runningKernel(
  kernel: TransactionKernel,
  bare: Program,
  inputs: TransactionInputs<AccountSource>,
  host: TransactionHost,
): Steps<Execution> {
  const own = withCode(bare, inputs);
  const program = { ...own, libraries: host.foreign.joining(own.libraries) };
  const advice = transactionAdvice(inputs, kernel.procedures);
  try {
    return yield* executing(
      program,
      { stack: publicInputs(inputs), advice },
      { host, maxCycles: Limit.TRANSACTION_CYCLES, maxAdviceBytes: MAX_ADVICE_BYTES },
    );
  } catch (error) {
    if (!(error instanceof ExecutionError)) throw error;
    if (error.cause instanceof UnauthorizedError) throw error.cause;
    throw transactionFailure(error, host, inputs, kernel, program);
  }
}

function patchOf({ header, code }: AccountSource, outcome: Outcome): AccountPatch {
  const { id, nonce } = outcome.header;
  if (nonce === header.nonce) return new AccountPatch({ id, nonce: 0n });
  const { assets, slots } = outcome;
  return new AccountPatch({ id, nonce, assets, slots, code: header.nonce === 0n ? code : outcome.code });
}

/** A patch that leads elsewhere than the kernel did is a defect. */
function wholeAfter(account: AccountSource, patch: AccountPatch, final: AccountHeader): Account | undefined {
  if (!(account instanceof Account)) return undefined;
  const after = account.apply(patch);
  if (wordsEqual(after.commitment, accountCommitment(final))) return after;
  throw new RangeError('the account after is not what the kernel committed to');
}

/** What the host tells of a transaction must be what the kernel committed to. */
function assertAgree(stack: readonly Felt[], told: readonly Felt[]): void {
  if (told.every((value, i) => value === stack[i])) return;
  throw new RangeError(`the kernel committed to something else: ${stack.slice(0, 8)} is not ${told}`);
}

const phasesOf = (starts: readonly PhaseStart[], end: number): Phase[] =>
  starts.map(({ name, cycle }, i) => ({ name, rows: (starts[i + 1]?.cycle ?? end) - cycle }));
