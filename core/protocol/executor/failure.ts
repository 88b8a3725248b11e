import { positionOf, renderSnippet } from '../../assembly/source.ts';
import type { KilnErrorOptions } from '../../errors.ts';
import { type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import type { ExecutionError } from '../../vm/errors.ts';
import { definedProcedures } from '../../vm/mast/prune.ts';
import type { Program, SourceSpan } from '../../vm/mast/types.ts';
import type { AccountSource } from '../account/account-source.ts';
import { ProtocolError, type ProtocolErrorKind } from '../errors.ts';
import type { TransactionKernel } from '../kernel/kernel.ts';
import { readP2ide } from '../standards/p2ide.ts';
import type { PhaseStart, TransactionHost } from './host.ts';
import type { Shortage } from './kernel-memory.ts';
import type { NoteToConsume, TransactionInputs } from './transaction-inputs.ts';

/** Place in a source of assembly. */
interface SourcePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The procedure that stands there. */
  readonly procedure?: string;
  /** Place and line as people read them, the failing part underlined. */
  readonly snippet: string;
}

/** Why it failed, as far as a program can act on it. */
export type FailureReason =
  | { readonly class: 'exec.failed' }
  /** The vault has so much of an asset, and more was to be taken. */
  | ({ readonly class: 'exec.balance' } & Shortage)
  /** The note can be consumed from this block on. */
  | { readonly class: 'exec.locked'; readonly block: number };

interface FailureParts {
  readonly phase: PhaseStart['name'];
  /** Of the note whose script ran. */
  readonly note?: { readonly index: number; readonly id: Word };
  /** Procedures that were called and had not returned, the innermost first: paths, or digests of unknown ones. */
  readonly procedures: readonly string[];
  readonly place?: SourcePlace;
  readonly cycle?: number;
  readonly reason: FailureReason;
}

/** A transaction that the kernel, a script or the host refused: where it stood, and why. Nothing came of it. */
export class TransactionFailure extends ProtocolError {
  readonly phase: FailureParts['phase'];
  readonly note?: { readonly index: number; readonly id: Word };
  readonly procedures: readonly string[];
  readonly place?: SourcePlace;
  readonly cycle?: number;
  readonly reason: FailureReason;

  constructor(kind: ProtocolErrorKind, message: string, parts: FailureParts, options: KilnErrorOptions) {
    super(kind, message, options);
    this.phase = parts.phase;
    this.procedures = parts.procedures;
    this.reason = parts.reason;
    if (parts.note) this.note = parts.note;
    if (parts.place) this.place = parts.place;
    if (parts.cycle !== undefined) this.cycle = parts.cycle;
  }
}

/** What the host saw when the run stopped. */
type FailureView = Pick<TransactionHost, 'short' | 'phases'>;

type FailedInputs = TransactionInputs<AccountSource>;

/** The failure that an error of the VM was. */
export function transactionFailure(
  error: ExecutionError,
  seen: FailureView,
  inputs: FailedInputs,
  kernel: TransactionKernel,
  program: Program,
): TransactionFailure {
  const phase = seen.phases.at(-1)!.name;
  const index = seen.phases.filter(({ name }) => name === 'note').length - 1;
  const note = phase === 'note' ? inputs.notes![index] : undefined;
  const procedures = (error.at?.procedures ?? []).map((digest) => nameOf(digest, kernel, program));
  const place = error.at?.span && placeOf(error.at.span);
  // What the host has to say is more than that an event failed.
  const said = error.cause instanceof ProtocolError ? error.cause : error;
  const lines = [
    `${note ? `note ${index}` : phase}: ${said.details}`,
    note && `the note's id is ${wordKey(note.note.id)}`,
    procedures.length > 0 && `in ${procedures.join(', called by ')}`,
    error.at && `at cycle ${error.at.clk}${place?.procedure ? `, in the procedure ${place.procedure}` : ''}`,
    place?.snippet,
  ];
  return new TransactionFailure(
    said instanceof ProtocolError ? said.kind : 'transaction',
    said.message,
    {
      phase,
      ...(note && { note: { index, id: note.note.id } }),
      procedures,
      ...(place && { place }),
      ...(error.at && { cycle: error.at.clk }),
      reason: reasonOf(seen, note, inputs, kernel),
    },
    { details: lines.filter((line) => line).join('\n'), advice: said.advice, cause: error },
  );
}

/** What a note of the P2IDE kind waits for shows in its storage, not in what its script says. */
function reasonOf(
  { short }: FailureView,
  note: NoteToConsume | undefined,
  { account, block }: FailedInputs,
  kernel: TransactionKernel,
): FailureReason {
  if (short) return { class: 'exec.balance', ...short };
  const heights = note && readP2ide(kernel, note.note.recipient);
  if (heights) {
    const { id } = account.header;
    const isMaker = !id.equals(heights.target) && id.equals(note.note.metadata.sender);
    const opens = Math.max(heights.unlock ?? 0, isMaker ? (heights.reclaim ?? 0) : 0);
    if (block.number < opens) return { class: 'exec.locked', block: opens };
  }
  return { class: 'exec.failed' };
}

const PROCEDURE = /^[ \t]*(?:pub[ \t]+)?proc[ \t]+("[^"\n]+"|[\w$.]+)/gm;

/** The procedure whose text a place lies in. */
function procedureAround({ file, start }: SourceSpan): string | undefined {
  let name: string | undefined;
  for (const match of file.text.matchAll(PROCEDURE)) {
    // A procedure's own span begins at its attributes, before its name.
    if (match.index > start && name !== undefined) break;
    name = match[1];
  }
  return name;
}

function placeOf(span: SourceSpan): SourcePlace {
  const procedure = procedureAround(span);
  return {
    file: span.file.name,
    line: positionOf(span.file, span.start).line,
    ...(procedure !== undefined && { procedure }),
    snippet: renderSnippet(span),
  };
}

/** The path of a procedure of the protocol's; where it stands, of another that was assembled here; else its digest. */
function nameOf(digest: Word, kernel: TransactionKernel, { libraries }: Program): string {
  for (const { manifest } of [kernel.standards, kernel.protocol]) {
    const known = manifest.exports.find(
      (each) => each.kind === 'procedure' && wordsEqual(each.digest, digest),
    );
    if (known) return known.path.replace(/^::/, '');
  }
  const key = wordKey(digest);
  for (const forest of libraries) {
    const node = definedProcedures(forest).get(key);
    const span = node === undefined ? undefined : forest.nodes[node].span;
    if (span) return `${procedureAround(span)} (${span.file.name})`;
  }
  return key;
}
