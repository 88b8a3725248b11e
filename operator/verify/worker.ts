import { parentPort } from 'node:worker_threads';
import { KilnError } from '../../core/errors.ts';
import { blockHeaderFromBytes } from '../../core/protocol/block/block-header.ts';
import { verifyTransaction } from '../../core/protocol/prover/verify-transaction.ts';
import { ProvenTransaction } from '../../core/protocol/transaction/proven-transaction.ts';
import type { VerifyReply, VerifyRequest } from './messages.ts';

/** A thread that verifies one transaction after the other. What is no refusal but a defect ends it. */
function answer({ ticket, kernel, transaction, header }: VerifyRequest): VerifyReply {
  try {
    const proven = ProvenTransaction.fromBytes(transaction);
    const { logHeights } = verifyTransaction(proven, { kernel, block: blockHeaderFromBytes(header) });
    return { ticket, logHeights };
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    const { kind, message, details, advice } = error;
    return { ticket, refused: { kind, message, details, advice } };
  }
}

parentPort?.on('message', (request: VerifyRequest) => parentPort?.postMessage(answer(request)));
