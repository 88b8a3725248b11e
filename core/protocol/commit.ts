import type { Felt } from '../field/felt.ts';
import { hashElements } from '../hash/eidos.ts';
import { EMPTY_WORD, type Word } from '../hash/word.ts';
import type { ProtocolDomain } from './domains.ts';

/** Commitment to a sequence of elements; the tag and the exact number of elements are part of it. */
export const commit = (domain: ProtocolDomain, elements: readonly Felt[]): Word =>
  hashElements(elements, domain);

/** Commitment to two words. */
export const commitPair = (domain: ProtocolDomain, first: Word, second: Word): Word =>
  commit(domain, [...first, ...second]);

/** Commitment to a list, the empty word if it has no elements: what the kernel takes for "nothing". */
export const commitList = (domain: ProtocolDomain, elements: readonly Felt[]): Word =>
  elements.length === 0 ? EMPTY_WORD : commit(domain, elements);
