import type { ExecutionErrorKind } from '../../../core/vm/errors.ts';
import { type Attempt, api, crooked, layout, own, putting } from '../hostile.ts';
import {
  type AbortCase,
  acting,
  block,
  coins,
  consuming,
  fresh,
  noteThat,
  owner,
  VALUE,
} from './fixtures.ts';

const at = layout({ account: owner, block });
const note = noteThat('dropw', [coins(7n)]);
const NONCE = own('account::get_nonce');

/** What stops a transaction without an assertion: the instructions themselves do. */
export const IMPLICIT: Readonly<Record<string, readonly [ExecutionErrorKind, AbortCase]>> = {
  'the advice ends before the prologue has read all': [
    'advice-stack-empty',
    () => acting('nop', { advice: (values) => values.slice(0, -1) }),
  ],
  'whether a note was shown to be in a block is yes or no': [
    'not-binary',
    () => consuming([note], { advice: putting([at.shown, 2n]) }),
  ],
  'a note is the active one or of an index': [
    'not-binary',
    () => acting(api('input_note::get_metadata', 2n, 0n, 0n)),
  ],
  'nor is there another way to a note whose assets are removed': [
    'not-binary',
    () => acting(api('input_note::remove_all_assets', 2n, 0n)),
  ],
  'the slots of a new account are values or maps': ['not-binary', () => born([0n, 2n, 1n, 1n, ...VALUE])],
  'a place among the procedures is a multiple of four': [
    'address-unaligned',
    () => acting(NONCE, { lies: { procedurePlace: () => [1n] } }),
  ],
  'a note stands at an index of its block’s tree': [
    'merkle-index',
    () => consuming([note], { advice: putting([at.shown + 2, 2n ** 16n]) }),
  ],
  'there is code for a script’s root': [
    'procedure-not-found',
    () => acting('nop', { advice: (values) => values.with(-12, values.at(-12)! + 1n) }),
  ],
};

function born(elements: readonly bigint[]): Attempt {
  return { account: crooked(fresh(), { elements }), block };
}
