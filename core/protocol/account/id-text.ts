import { bech32m } from '@scure/base';
import { ProtocolError } from '../errors.ts';
import { AccountId } from './account-id.ts';

/** Networks by the prefix of their ids; any other prefix names a network of one's own. */
export const NETWORK_PREFIX = { mainnet: 'mm', testnet: 'mtst', devnet: 'mdev' } as const;

/** What an address byte says that follows: an account id. */
const ACCOUNT_ID_TYPE = 232;

/** The id's bech32m form (BIP-350) on the network with this prefix. */
export const encodeAccountId = (id: AccountId, network: string): string =>
  bech32m.encodeFromBytes(network, Uint8Array.of(ACCOUNT_ID_TYPE, ...id.toBytes()));

/** Reads {@link encodeAccountId}'s form; bech32 with the old checksum is refused. Throws `account-id`. */
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
    decoded = bech32m.decodeToBytes(text);
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : 'it is not bech32m', cause);
  }
  const { prefix, bytes } = decoded;
  if (bytes[0] !== ACCOUNT_ID_TYPE || bytes.length !== 16)
    refuse('it holds something else than an account id');
  const hex = Array.from(bytes.subarray(1), (b) => b.toString(16).padStart(2, '0')).join('');
  return { id: AccountId.parse(`0x${hex}`), network: prefix };
}
