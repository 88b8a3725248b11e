import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { FormatError } from '../../core/bytes.ts';
import { KilnError } from '../../core/errors.ts';
import { OperatorError, type OperatorErrorKind } from '../errors.ts';
import { FailureSchema } from './kiln_pb.ts';

/** How each kind of failure is told to those who look at the status alone. */
const CODES: Readonly<Record<OperatorErrorKind, Code>> = {
  'database-busy': Code.Unavailable,
  'database-damaged': Code.DataLoss,
  'database-unknown': Code.Internal,
  'disk-full': Code.ResourceExhausted,
  'network-unknown': Code.FailedPrecondition,
  'validators-missing': Code.Internal,
  'block-refused': Code.FailedPrecondition,
  'mempool-full': Code.ResourceExhausted,
  busy: Code.Unavailable,
  'request-refused': Code.InvalidArgument,
  'proof-refused': Code.InvalidArgument,
  'transaction-known': Code.AlreadyExists,
  'transaction-stale': Code.FailedPrecondition,
  'transaction-expired': Code.FailedPrecondition,
  'transaction-conflict': Code.Aborted,
  'note-consumed': Code.Aborted,
  'note-unknown': Code.FailedPrecondition,
  'rate-limited': Code.ResourceExhausted,
  'access-refused': Code.Unauthenticated,
  unreachable: Code.Unavailable,
  'answer-refused': Code.Internal,
  'operator-failed': Code.Internal,
};

const FAILED: ReadonlySet<Code> = new Set([Code.Internal, Code.Unknown, Code.DataLoss, Code.Unimplemented]);

const isOperatorKind = (kind: string): kind is OperatorErrorKind => Object.hasOwn(CODES, kind);

/** What a client is told. Of a defect it learns nothing but that there was one. */
export function failureToWire(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (!(error instanceof KilnError)) {
    return new ConnectError('internal error', Code.Internal, undefined, undefined, error);
  }
  const { kind, message, details, advice } = error;
  const code = isOperatorKind(kind) ? CODES[kind] : Code.InvalidArgument;
  const detail = { desc: FailureSchema, value: create(FailureSchema, { kind, message, details, advice }) };
  return new ConnectError(message, code, undefined, [detail]);
}

/** An operator's words: shown to people, so no longer than they need be, and nothing that a terminal would obey. */
const MAX_WORDS = 500;
const said = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, MAX_WORDS);

/** The error that a client throws for what came back, or did not. */
function failureFromWire(error: unknown, cancelled: boolean): Error {
  if (error instanceof KilnError) return error;
  const connect = ConnectError.from(error);
  const [failure] = connect.findDetails(FailureSchema);
  if (failure) {
    const { kind } = failure;
    const [message, details, advice] = [failure.message, failure.details, failure.advice].map(said);
    const options = { details, advice, cause: error };
    if (isOperatorKind(kind)) return new OperatorError(kind, message, options);
    return new OperatorError('request-refused', message, {
      ...options,
      details: `${said(kind)}: ${details}`,
    });
  }
  // A connection that breaks looks like one that was cancelled, too.
  if (cancelled) return new KilnError('cancelled', 'Cancelled.', { cause: error });
  const options = { details: `${Code[connect.code]}: ${connect.rawMessage}`, cause: error };
  if (connect.code === Code.Unauthenticated)
    return new OperatorError('access-refused', 'The operator refused the access token.', {
      ...options,
      advice: 'Nothing was sent. Check the token.',
    });
  if (connect.code === Code.ResourceExhausted)
    return new OperatorError('rate-limited', 'The operator refuses so much at once.', options);
  if (connect.code === Code.InvalidArgument)
    return new OperatorError('request-refused', 'The operator did not understand the request.', options);
  if (FAILED.has(connect.code))
    return new OperatorError('operator-failed', 'The operator failed to answer.', {
      ...options,
      advice: 'Try again later, or use another operator.',
    });
  return new OperatorError('unreachable', 'The operator does not answer.', {
    ...options,
    advice: 'Your work continues offline; try again later.',
  });
}

/** What cannot be read in an answer is the operator's fault. */
export const badAnswer = (error: unknown, cancelled: boolean): Error =>
  error instanceof FormatError
    ? new OperatorError('answer-refused', 'The operator sent what cannot be read.', {
        details: error.details,
        cause: error,
      })
    : failureFromWire(error, cancelled);
