import type { KernelIdentity } from '../../core/protocol/prover/claim.ts';

/** What a verifying thread is asked: a transaction as it was submitted, and the header of the block it refers to. */
export interface VerifyRequest {
  readonly ticket: number;
  readonly kernel: KernelIdentity;
  readonly transaction: Uint8Array;
  readonly header: Uint8Array;
}

/** What it answers: heights of the traces, or why the transaction is refused. */
export type VerifyReply =
  | { readonly ticket: number; readonly logHeights: readonly number[] }
  | { readonly ticket: number; readonly refused: RefusedProof };

export interface RefusedProof {
  readonly kind: string;
  readonly message: string;
  readonly details: string;
  readonly advice: string;
}
