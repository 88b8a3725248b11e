import { EMPTY_WORD, type Word, wordKey, wordsEqual } from '../../hash/word.ts';
import type { AccountComponent } from '../account/component.ts';
import type { SlotSchema } from '../account/component-schema.ts';
import { ProtocolError } from '../errors.ts';
import { type Standards, standardComponent } from './standards.ts';

/** The slot with [how many must agree, how many there are, 0, 0]. */
export const MULTISIG_SLOT = 'kiln::auth::multisig::config';
/** The map whose keys are those of the approvers. */
export const APPROVERS_SLOT = 'kiln::auth::multisig::approvers';
const SCHEMA: readonly SlotSchema[] = [
  {
    kind: 'value',
    name: MULTISIG_SLOT,
    type: [{ name: 'threshold', type: 'u8' }, { name: 'approvers', type: 'u8' }, null, null],
  },
  {
    kind: 'map',
    name: APPROVERS_SLOT,
    key: 'word',
    value: [{ name: 'present', type: 'bool' }, null, null, null],
  },
];
const MAX_APPROVERS = 64;
const PRESENT: Word = [1n, 0n, 0n, 0n];

interface Multisig {
  /** How many must agree. */
  readonly threshold: number;
  /** Commitments to Falcon-512 keys (`falconKeyCommitment`) and keys of secrets (`keyOf`), in any order. */
  readonly approvers: readonly Word[];
}

/** Agrees to what some of several keys agree to. Throws `account-component`. */
export function multisigAuthComponent(
  standards: Standards,
  { threshold, approvers }: Multisig,
): AccountComponent {
  const refuse = (message: string): never => {
    throw new ProtocolError('account-component', message);
  };
  if (approvers.length > MAX_APPROVERS) refuse(`An account has at most ${MAX_APPROVERS} keys.`);
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > approvers.length)
    refuse('At least one key must agree, and at most as many as there are.');
  if (new Set(approvers.map(wordKey)).size < approvers.length) refuse('A key counts once.');
  if (approvers.some((key) => wordsEqual(key, EMPTY_WORD))) refuse('No key is the empty word.');
  return standardComponent(standards, 'auth::multisig', SCHEMA, {
    [MULTISIG_SLOT]: [BigInt(threshold), BigInt(approvers.length), 0n, 0n],
    [APPROVERS_SLOT]: approvers.map((key) => [key, PRESENT] as const),
  });
}
