import { z } from 'zod';
import { FormatError } from '../../core/bytes.ts';

/** A file of at most so many bytes makes a network. */
const MAX_BYTES = 2 ** 26;
const FORMAT = 'kiln-genesis';

const hexBytes = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), 'not as many bytes');
const accountId = z.string().regex(/^0x[0-9a-f]{30}$/, 'no account id');
const U32 = 2 ** 32 - 1;

/** What fixes a network, as JSON that a person can read. Accounts and notes are in their own formats, base64. */
const genesisFile = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** The prefix of its account ids. */
  network: z.string().regex(/^[a-z0-9]{2,12}$/, 'two to twelve letters or digits'),
  /** Seconds since 1970. */
  timestamp: z.int().min(1).max(U32),
  /** What transactions pay per unit of verification; zero: nothing. */
  baseFee: z.int().min(0).max(U32),
  /** The issuer of the asset that fees are paid in. */
  feeIssuer: accountId,
  /** An epoch has 2^so many blocks. */
  epochLogBlocks: z.int().min(1).max(20),
  validators: z.strictObject({
    quorum: z.int().min(1),
    /** Compressed keys on secp256k1. */
    keys: z.array(hexBytes(33)).min(1),
  }),
  /** The root of the transaction kernel's program: proofs by another are refused. */
  kernel: hexBytes(32),
  accounts: z.array(
    z.union([
      z.strictObject({ account: z.base64() }),
      z.strictObject({ id: accountId, commitment: hexBytes(32) }),
    ]),
  ),
  /** As they are published: public ones whole, of private ones the header. */
  notes: z.array(z.base64()),
});

export type GenesisFile = z.infer<typeof genesisFile>;

/** Throws `FormatError`. */
export function parseGenesisFile(bytes: Uint8Array): GenesisFile {
  const refuse = (problem: string): never => {
    throw new FormatError('genesis file', problem);
  };
  if (bytes.length > MAX_BYTES) refuse(`it is longer than ${MAX_BYTES} bytes`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    refuse('it is no JSON');
  }
  const read = genesisFile.safeParse(json);
  if (!read.success) {
    const [{ path, message }] = read.error.issues;
    return refuse(`${path.join('.') || 'the whole'}: ${message}`);
  }
  return read.data;
}

export const genesisFileToBytes = (file: GenesisFile): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(file, null, 2)}\n`);
