import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import type { Account } from '../account/account.ts';
import type { AccountId } from '../account/account-id.ts';
import { RECEIVE_CALLBACK, SEND_CALLBACK } from '../account/callbacks.ts';
import type { AccountComponent } from '../account/component.ts';
import type { SlotSchema } from '../account/component-schema.ts';
import { AccountStorage, type StorageSlot } from '../account/storage.ts';
import { ProtocolError } from '../errors.ts';
import { type Access, accessComponent, readAccess } from './access.ts';
import { idIn } from './standard-note.ts';
import { type Standards, standardComponent, standardProcedure } from './standards.ts';
import { textIn, textWord } from './text-word.ts';
import { symbolElement, symbolIn } from './token-symbol.ts';

/** The procedures that decide whether an asset is minted or burned. */
const POLICIES = {
  /** Whoever the account's authentication lets. */
  all: 'faucet::policy::allow_all',
  /** Only the owner, by notes that it makes. */
  owner: 'faucet::policy::owner_only',
  /** Burns not below a minimum, of a fungible asset. */
  minimum: 'faucet::policy::minimum_burn',
} as const;
export type FaucetPolicy = keyof typeof POLICIES;

/** The procedures that decide whether an asset goes to an account, or comes from one into a note. */
const TRANSFER_POLICIES = {
  /** Accounts on a list may. */
  allowed: 'faucet::policy::allow_list',
  /** Accounts that are not on a list may. */
  unblocked: 'faucet::policy::block_list',
} as const;
export type TransferPolicy = keyof typeof TRANSFER_POLICIES;

/** The procedure of a policy. */
export const policyRoot = (standards: Standards, policy: FaucetPolicy | TransferPolicy): Word =>
  standardProcedure(standards, `${{ ...POLICIES, ...TRANSFER_POLICIES }[policy]}::check`);

const SLOT = {
  token: 'kiln::faucet::token',
  symbol: 'kiln::faucet::symbol',
  assets: 'kiln::faucet::assets',
  mint: 'kiln::faucet::mint_policy',
  burn: 'kiln::faucet::burn_policy',
  minimum: 'kiln::faucet::minimum_burn',
  name: 'kiln::faucet::name',
  document: 'kiln::faucet::document',
  receive: RECEIVE_CALLBACK,
  send: SEND_CALLBACK,
  allowed: 'kiln::faucet::allowed',
  blocked: 'kiln::faucet::blocked',
} as const;
const FUNGIBLE_SCHEMA: readonly SlotSchema[] = [
  {
    kind: 'value',
    name: SLOT.token,
    type: [
      { name: 'supply', type: 'amount' },
      { name: 'max_supply', type: 'amount' },
      { name: 'decimals', type: 'u8' },
      { name: 'symbol', type: 'felt' },
    ],
  },
];
const NON_FUNGIBLE_SCHEMA: readonly SlotSchema[] = [
  {
    kind: 'map',
    name: SLOT.assets,
    key: [{ name: 'class_suffix', type: 'felt' }, { name: 'class_prefix', type: 'felt' }, null, null],
    value: [{ name: 'status', type: 'u8' }, null, null, null],
  },
  { kind: 'value', name: SLOT.symbol, type: [{ name: 'symbol', type: 'felt' }, null, null, null] },
];
const POLICIES_SCHEMA: readonly SlotSchema[] = [
  { kind: 'value', name: SLOT.mint, type: 'word' },
  { kind: 'value', name: SLOT.burn, type: 'word' },
];
const MINIMUM_SCHEMA: readonly SlotSchema[] = [
  { kind: 'value', name: SLOT.minimum, type: [{ name: 'amount', type: 'amount' }, null, null, null] },
];
const TRANSFERS_SCHEMA: readonly SlotSchema[] = [SLOT.send, SLOT.receive].map((name) => ({
  kind: 'value',
  name,
  type: 'word',
  initial: EMPTY_WORD,
}));
const listSchema = (name: string): readonly SlotSchema[] => [
  {
    kind: 'map',
    name,
    key: [null, null, { name: 'id_suffix', type: 'felt' }, { name: 'id_prefix', type: 'felt' }],
    value: 'word',
  },
];
const METADATA_SCHEMA: readonly SlotSchema[] = [
  { kind: 'value', name: SLOT.name, type: 'word' },
  { kind: 'value', name: SLOT.document, type: 'word', initial: EMPTY_WORD },
];

const LISTED: Word = [1n, 0n, 0n, 0n];

interface FaucetOptions {
  /** 1 to 12 letters A to Z. */
  readonly symbol: string;
  /** What people call it: at most 28 bytes. */
  readonly name?: string;
  /** The hash of a document that says more; only with a name. */
  readonly document?: Word;
  /** The account that may change settings, by notes; whoever authenticates as the faucet if not given. */
  readonly owner?: AccountId;
  /** `all` if not given. */
  readonly mint?: Exclude<FaucetPolicy, 'minimum'>;
  /** `all` if not given. */
  readonly burn?: FaucetPolicy;
  /**
   * That the issuer is asked before its assets move, in everybody's transactions: whoever makes one needs the issuer's state.
   * Not given: assets move freely, for ever.
   */
  readonly transfers?: TransferRules;
  /** That no setting can ever be changed: the account has no procedure that would. */
  readonly fixed?: boolean;
}

interface TransferRules {
  /** Before an asset goes into a note: about the account that makes it. Nobody is asked if not given. */
  readonly send?: TransferPolicy;
  /** Before an asset goes into an account: about that one. */
  readonly receive?: TransferPolicy;
  /** Lists to begin with; the account has those that it needs, and these. */
  readonly allowed?: readonly AccountId[];
  readonly blocked?: readonly AccountId[];
}

interface FungibleFaucet extends FaucetOptions {
  readonly decimals: number;
  /** Base units. */
  readonly maxSupply: bigint;
  /** The least amount that is burned, where that is the policy or may become it. */
  readonly minimumBurn?: bigint;
}

/** Components of an account that issues a fungible asset; without authentication. Throws `account-component` and `asset`. */
export function fungibleFaucet(standards: Standards, faucet: FungibleFaucet): AccountComponent[] {
  const { symbol, decimals, maxSupply, minimumBurn } = faucet;
  if (!(Number.isInteger(decimals) && decimals >= 0))
    refuse('The number of decimals is a whole one.', `${decimals}`);
  if (faucet.burn === 'minimum' && minimumBurn === undefined)
    refuse('A policy of least amounts needs a least amount.', 'minimumBurn is not given');
  const token = {
    supply: 0n,
    max_supply: maxSupply,
    decimals: BigInt(decimals),
    symbol: symbolElement(symbol),
  };
  return [
    standardComponent(standards, 'faucet::fungible', FUNGIBLE_SCHEMA, { [SLOT.token]: token }),
    ...(minimumBurn === undefined
      ? []
      : [
          standardComponent(standards, POLICIES.minimum, MINIMUM_SCHEMA, {
            [SLOT.minimum]: { amount: minimumBurn },
          }),
          ...settings(standards, faucet, 'minimum_burn'),
        ]),
    ...settings(standards, faucet, 'max_supply'),
    ...common(standards, faucet),
  ];
}

/** Components of an account that issues assets of which there is one each; without authentication. Throws as above. */
export function nonFungibleFaucet(standards: Standards, faucet: FaucetOptions): AccountComponent[] {
  if (faucet.burn === 'minimum')
    refuse('Assets that there are once have no least amount.', 'the policy for burning');
  return [
    standardComponent(standards, 'faucet::non_fungible', NON_FUNGIBLE_SCHEMA, {
      [SLOT.symbol]: { symbol: symbolElement(faucet.symbol) },
    }),
    ...common(standards, faucet),
  ];
}

/** Policies, what people call it, and who may change that. */
function common(standards: Standards, faucet: FaucetOptions): AccountComponent[] {
  const { name, document, owner, mint = 'all', burn = 'all', fixed = false } = faucet;
  if (!owner && [mint, burn].includes('owner'))
    refuse('Only the owner is to mint or burn, and the faucet has none.', 'owner is not given');
  if (document && name === undefined) refuse('A document describes an asset that has a name.', 'no name');
  const plain = (['all', 'owner'] as const).filter((policy) => !fixed || [mint, burn].includes(policy));
  return [
    standardComponent(standards, 'faucet::policies', POLICIES_SCHEMA, {
      [SLOT.mint]: policyRoot(standards, mint),
      [SLOT.burn]: policyRoot(standards, burn),
    }),
    ...plain.map((policy) => standardComponent(standards, POLICIES[policy])),
    ...settings(standards, faucet, 'policies'),
    ...transferring(standards, faucet),
    ...(name === undefined
      ? []
      : [
          standardComponent(standards, 'faucet::metadata', METADATA_SCHEMA, {
            [SLOT.name]: textWord(name),
            ...(document && { [SLOT.document]: document }),
          }),
          ...settings(standards, faucet, 'metadata'),
        ]),
    ...(fixed && !owner ? [] : [accessComponent(standards, owner)]),
  ];
}

function transferring(standards: Standards, faucet: FaucetOptions): AccountComponent[] {
  const { transfers } = faucet;
  if (!transfers) return [];
  const { send, receive, allowed, blocked } = transfers;
  const root = (policy: TransferPolicy | undefined): Word =>
    policy ? policyRoot(standards, policy) : EMPTY_WORD;
  const list = (
    policy: TransferPolicy,
    name: string,
    accounts: readonly AccountId[] | undefined,
  ): AccountComponent[] =>
    accounts || [send, receive].includes(policy)
      ? [
          standardComponent(standards, TRANSFER_POLICIES[policy], listSchema(name), {
            [name]: (accounts ?? []).map(({ key }) => [key, LISTED] as const),
          }),
          ...settings(standards, faucet, TRANSFER_POLICIES[policy].split('::')[2]),
        ]
      : [];
  return [
    standardComponent(standards, 'faucet::transfers', TRANSFERS_SCHEMA, {
      [SLOT.send]: root(send),
      [SLOT.receive]: root(receive),
    }),
    ...list('allowed', SLOT.allowed, allowed),
    ...list('unblocked', SLOT.blocked, blocked),
    ...settings(standards, faucet, 'transfers'),
  ];
}

const settings = (standards: Standards, { fixed }: FaucetOptions, module: string): AccountComponent[] =>
  fixed ? [] : [standardComponent(standards, `faucet::settings::${module}`)];

function refuse(message: string, details: string): never {
  throw new ProtocolError('account-component', message, { details });
}

/** The storage of an issuer of a fungible asset of which so much has been issued, as it is from the beginning of a network. */
export function issued(storage: AccountStorage, supply: bigint): AccountStorage {
  return new AccountStorage(
    storage.slots.map((slot): StorageSlot => {
      if (slot.name !== SLOT.token || slot.kind !== 'value') return slot;
      const [, ...rest] = slot.value;
      return { ...slot, value: [supply, ...rest] };
    }),
  );
}

/** What an account says of the assets that it issues. */
export interface Faucet {
  /** Of assets that there are once, nothing but which they are. */
  readonly token: Token | undefined;
  readonly symbol: string | undefined;
  readonly name: string | undefined;
  readonly document: Word | undefined;
  /** `undefined` where the policy is one of the account's own. */
  readonly mint: FaucetPolicy | undefined;
  readonly burn: FaucetPolicy | undefined;
  readonly minimumBurn: bigint | undefined;
  /** `undefined` where its assets move freely. */
  readonly transfers: ReadTransfers | undefined;
  /** `undefined` where no setting can be changed. */
  readonly access: Access | undefined;
}
interface ReadTransfers {
  /** `undefined` where nobody is asked, `other` where it is a procedure of the account's own. */
  readonly send: TransferPolicy | 'other' | undefined;
  readonly receive: TransferPolicy | 'other' | undefined;
  readonly allowed: readonly AccountId[];
  readonly blocked: readonly AccountId[];
}
interface Token {
  readonly supply: bigint;
  readonly maxSupply: bigint;
  readonly decimals: number;
}

/** What an account issues by the standard procedures; `undefined` if nothing. */
export function readFaucet(
  standards: Standards,
  { code, storage }: Pick<Account, 'code' | 'storage'>,
): Faucet | undefined {
  const value = (name: string): Word | undefined => {
    const slot = storage.slot(name);
    return slot?.kind === 'value' ? slot.value : undefined;
  };
  const policy = (name: string): FaucetPolicy | undefined => {
    const root = value(name);
    return (Object.keys(POLICIES) as FaucetPolicy[]).find(
      (each) => root && wordsEqual(policyRoot(standards, each), root),
    );
  };
  const issues = (module: string): boolean =>
    code.has(standardProcedure(standards, `faucet::${module}::mint_and_send`));
  const [token, symbol] = [value(SLOT.token), value(SLOT.symbol)];
  const isFungible = issues('fungible') && token !== undefined;
  if (!isFungible && !(issues('non_fungible') && symbol)) return undefined;
  const [name, document] = [value(SLOT.name), value(SLOT.document)];
  return {
    token: isFungible ? { supply: token[0], maxSupply: token[1], decimals: Number(token[2]) } : undefined,
    symbol: symbolIn(isFungible ? token[3] : symbol![0]),
    name: name && textIn(name),
    document: document && !wordsEqual(document, EMPTY_WORD) ? document : undefined,
    mint: policy(SLOT.mint),
    burn: policy(SLOT.burn),
    minimumBurn: value(SLOT.minimum)?.[0],
    transfers: readTransfers(standards, storage),
    access: readAccess(storage),
  };
}

function readTransfers(standards: Standards, storage: AccountStorage): ReadTransfers | undefined {
  const [send, receive] = [SLOT.send, SLOT.receive].map((name) => storage.slot(name));
  if (send?.kind !== 'value' || receive?.kind !== 'value') return undefined;
  const policy = (root: Word): ReadTransfers['send'] =>
    wordsEqual(root, EMPTY_WORD)
      ? undefined
      : ((Object.keys(TRANSFER_POLICIES) as TransferPolicy[]).find((each) =>
          wordsEqual(policyRoot(standards, each), root),
        ) ?? 'other');
  const list = (name: string): AccountId[] => {
    const slot = storage.slot(name);
    const entries = slot?.kind === 'map' ? slot.map.entries : [];
    return entries.flatMap(([[, , suffix, prefix]]) => idIn(suffix, prefix) ?? []);
  };
  return {
    send: policy(send.value),
    receive: policy(receive.value),
    allowed: list(SLOT.allowed),
    blocked: list(SLOT.blocked),
  };
}
