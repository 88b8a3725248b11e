import { ProtocolError } from '../errors.ts';
import type { AccountId } from './account-id.ts';
import { decodeAccountId, encodeAccountId } from './id-text.ts';
import { decodeRouting, encodeRouting, type Routing } from './routing.ts';

/** Where notes are sent: an account, and how its owner wants them. */
export interface Address {
  readonly network: string;
  readonly id: AccountId;
  readonly routing?: Routing;
}

const SEPARATOR = '_';

/** The address as text: the id in bech32m and, if there are any, the routing parameters after an underscore. */
export function encodeAddress({ network, id, routing }: Address): string {
  if (network.includes(SEPARATOR)) throw new RangeError('an underscore in the prefix of a network');
  return encodeAccountId(id, network) + (routing ? SEPARATOR + encodeRouting(routing) : '');
}

/** Reads {@link encodeAddress}'s form. Throws `account-id` or `account-address`. */
export function decodeAddress(text: string): Address {
  const [idText, routingText, ...more] = text.split(SEPARATOR);
  if (more.length > 0 || routingText === '') {
    throw new ProtocolError('account-address', 'This is not an address.', {
      details: 'an address has one part, or two with an underscore between them',
      advice: 'Check that it was copied whole.',
    });
  }
  const address = decodeAccountId(idText);
  return routingText === undefined ? address : { ...address, routing: decodeRouting(routingText) };
}
