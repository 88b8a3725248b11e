import { FormatError } from '../../bytes.ts';
import { type Felt, isCanonical, MODULUS } from '../../field/felt.ts';
import { Domain } from '../../hash/domains.ts';
import { hashElements } from '../../hash/eidos.ts';
import type { Word } from '../../hash/word.ts';
import type { Kernel } from '../../vm/mast/types.ts';

/** What a proof shows: this program, with this kernel, turns this stack into that one. */
export interface Claim {
  readonly program: Word;
  /** Digests of the kernel's procedures, sorted by their bytes, unique, at most 255. */
  readonly kernel: Kernel;
  /** Sixteen elements, top first. */
  readonly stackInputs: readonly Felt[];
  readonly stackOutputs: readonly Felt[];
}

const STACK_DEPTH = 16;
const MAX_KERNEL = 255;
/** A claim with a full kernel takes about 30 KiB. */
const MAX_TEXT = 256 * 1024;

/** What a kernel is known by: its procedures' digests, hashed in their own domain. */
export const kernelCommitment = (kernel: Kernel): Word =>
  hashElements(kernel.flat(), Domain.KERNEL_COMMITMENT);

/** What the transcript observes of a claim: program, kernel, initial and final stack, 40 elements. */
export const claimCommitment = (claim: Claim): Word =>
  hashElements(
    [...claim.program, ...kernelCommitment(claim.kernel), ...claim.stackInputs, ...claim.stackOutputs],
    Domain.EXECUTION_CLAIM,
  );

/** The claim's text form: JSON, field elements as decimal strings. */
export const writeClaim = (claim: Claim): string =>
  JSON.stringify({
    program: claim.program.map(String),
    kernel: claim.kernel.map((word) => word.map(String)),
    stackInputs: claim.stackInputs.map(String),
    stackOutputs: claim.stackOutputs.map(String),
  });

/** Reads {@link writeClaim}'s text. Throws `FormatError`. */
export function readClaim(text: string): Claim {
  if (text.length > MAX_TEXT) throw new FormatError('claim', `${text.length} characters are too many`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FormatError('claim', 'it is not JSON');
  }
  return claimFromJson(value);
}

/** The claim in a parsed JSON value. Throws `FormatError`. */
export function claimFromJson(value: unknown): Claim {
  if (typeof value !== 'object' || value === null) throw new FormatError('claim', 'it is not an object');
  const fields: Partial<Record<string, unknown>> = { ...value };
  const unknown = Object.keys(fields).find((key) => !KEYS.has(key));
  if (unknown !== undefined)
    throw new FormatError('claim', `it has an unknown part ${JSON.stringify(unknown)}`);
  const { program, kernel, stackInputs, stackOutputs } = fields;
  if (!Array.isArray(kernel) || kernel.length > MAX_KERNEL)
    throw new FormatError('claim', `kernel is not a list of at most ${MAX_KERNEL} digests`);
  const claim = {
    program: wordFromJson(program, 'program'),
    kernel: kernel.map((digest) => wordFromJson(digest, 'kernel')),
    stackInputs: feltsFromJson(stackInputs, STACK_DEPTH, 'stackInputs'),
    stackOutputs: feltsFromJson(stackOutputs, STACK_DEPTH, 'stackOutputs'),
  };
  checkClaim(claim);
  return claim;
}

/**
 * Checks what the types of a claim do not say. {@link claimCommitment} hashes its parts without their lengths, so a
 * claim with an element moved from one stack to the other would have the commitment of the true one. Throws
 * `FormatError`.
 */
export function checkClaim({ program, kernel, stackInputs, stackOutputs }: Claim): void {
  const felts = (values: readonly Felt[], length: number, part: string): void => {
    if (values.length !== length || !values.every(isCanonical))
      throw new FormatError('claim', `${part} is not ${length} field elements`);
  };
  felts(program, 4, 'program');
  felts(stackInputs, STACK_DEPTH, 'stackInputs');
  felts(stackOutputs, STACK_DEPTH, 'stackOutputs');
  if (kernel.length > MAX_KERNEL)
    throw new FormatError('claim', `the kernel has more than ${MAX_KERNEL} procedures`);
  for (const [i, digest] of kernel.entries()) {
    felts(digest, 4, 'a procedure of the kernel');
    if (i > 0 && compareBytes(kernel[i - 1], digest) >= 0)
      throw new FormatError('claim', 'the kernel is not sorted by bytes, or lists a procedure twice');
  }
}

const KEYS: ReadonlySet<string> = new Set(['program', 'kernel', 'stackInputs', 'stackOutputs']);

function feltsFromJson(value: unknown, length: number, part: string): Felt[] {
  if (!Array.isArray(value) || value.length !== length)
    throw new FormatError('claim', `${part} is not a list of ${length} field elements`);
  return value.map((text: unknown) => {
    if (typeof text !== 'string' || !/^(0|[1-9]\d{0,19})$/.test(text) || BigInt(text) >= MODULUS)
      throw new FormatError('claim', `${part} has an entry that is not a field element in decimal`);
    return BigInt(text);
  });
}

function wordFromJson(value: unknown, part: string): Word {
  const [a, b, c, d] = feltsFromJson(value, 4, part);
  return [a, b, c, d];
}

/** The order of the 32 serialized bytes: every element is little-endian, so its lowest byte weighs most. */
function compareBytes(a: Word, b: Word): number {
  for (let i = 0; i < 4; i++) {
    for (let shift = 0n; shift < 64n; shift += 8n) {
      const difference = Number((a[i] >> shift) & 0xffn) - Number((b[i] >> shift) & 0xffn);
      if (difference !== 0) return difference;
    }
  }
  return 0;
}
