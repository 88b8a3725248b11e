import { bytesToHex } from '@noble/hashes/utils.js';
import { bech32m } from '@scure/base';
import { ProtocolError } from '../errors.ts';
import { AccountId } from './account-id.ts';

/** Networks by the prefix of their ids; any other prefix names a network of one's own. */
export const NETWORK_PREFIX = { mainnet: 'mm', testnet: 'mtst', devnet: 'mdev' } as const;

/** What an address byte says that follows: an account id. */
const ACCOUNT_ID_TYPE = 232;
/** The longest prefix there can be, 83 characters, the separator, 16 bytes in 26 characters, and the checksum. */
const MAX_LENGTH = 83 + 1 + 26 + 6;

/** The id's bech32m form (BIP-350) on the network with this prefix. */
export const encodeAccountId = (id: AccountId, network: string): string =>
  bech32m.encode(network, bech32m.toWords(Uint8Array.of(ACCOUNT_ID_TYPE, ...id.toBytes())), MAX_LENGTH);

/**
 * Reads {@link encodeAccountId}'s form, and its only: bech32 with the old checksum and bits behind the last byte that are not
 * zero are refused. All capitals are read as the same text. Throws `account-id`.
 */
export function decodeAccountId(text: string): { readonly id: AccountId; readonly network: string } {
  const refuse = (details: string, cause?: unknown): never => {
    throw new ProtocolError('account-id', 'This is not the id of an account.', {
      details,
      advice: 'Check that it was copied whole.',
      cause,
    });
  };
  let decoded: { readonly prefix: string; readonly bytes: Uint8Array };
  try {
    // Any text: the pattern that the type asks for is what is being found out.
    const { prefix, words } = bech32m.decode(text as `${string}1${string}`, MAX_LENGTH);
    decoded = { prefix, bytes: bech32m.fromWords(words) };
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : 'it is not bech32m', cause);
  }
  const { prefix, bytes } = decoded;
  if (bytes[0] !== ACCOUNT_ID_TYPE || bytes.length !== 16)
    refuse('it holds something else than an account id');
  return { id: AccountId.parse(`0x${bytesToHex(bytes.subarray(1))}`), network: prefix };
}
