import type { Word } from '../../core/hash/word.ts';
import { CALLBACK_SLOTS } from '../../core/protocol/account/callbacks.ts';
import { StorageMap } from '../../core/protocol/account/storage-map.ts';
import { Asset } from '../../core/protocol/asset/asset.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import {
  blockWith,
  componentOf,
  foreignIn,
  newAccount,
  p2id,
  procedure,
  script,
  sending,
  wallet,
} from './transactions.ts';

// Transactions that run code of other accounts.

const KEY: Word = [1n, 2n, 3n, 4n];
const VALUE: Word = [9n, 8n, 7n, 6n];
const coin = Asset.fungible(newAccount({ seed: 9 }).id, 7n);

/** Reads all kinds of things, and asks another account if it is given one. */
const oracle = componentOf(`
  use ::kiln::protocol::account
  use ::kiln::protocol::tx
  const SLOT = word("an::oracle")
  const MAP = word("a::map")
  pub proc read
    push.SLOT[0..2] exec.account::get_item dropw
    push.[${KEY.join(', ')}] push.MAP[0..2] exec.account::get_map_item dropw
    push.[${VALUE.join(', ')}] push.MAP[0..2] exec.account::get_map_item dropw
    push.[${coin.id.word.join(', ')}] exec.account::get_asset dropw
    push.SLOT[0..2] exec.account::has_storage_slot drop
    exec.account::get_nonce drop exec.account::get_vault_root dropw
    push.50 exec.tx::update_expiration_delta
  end
  pub proc through exec.tx::execute_foreign_procedure end`);
const root = (name: string): Word => procedure(oracle, `::component::${name}`);
const [first, second] = [4, 5].map((seed) =>
  wallet([coin], {
    component: oracle,
    seed,
    slots: [
      { name: 'an::oracle', kind: 'value', value: VALUE },
      { name: 'a::map', kind: 'map', map: new StorageMap([[KEY, VALUE]]) },
    ],
  }),
);

const policies = componentOf(`
  use ::kiln::protocol::account
  const MOST = word("a::limit")
  pub proc at_most
    push.MOST[0..2] exec.account::get_item dup.8 dup.1 lte assert.err="more than the issuer allows" dropw
  end`);
const AT_MOST = procedure(policies, '::component::at_most');
const issuer = wallet([], {
  auth: 'none',
  callbacks: true,
  component: policies,
  seed: 3,
  slots: [
    { name: 'a::limit', kind: 'value', value: [10n, 0n, 0n, 0n] },
    ...CALLBACK_SLOTS.map((name) => ({ name, kind: 'value', value: AT_MOST }) as const),
  ],
});
const asked = Asset.fungible(issuer.id, 5n);

const { accountRoot, foreign } = foreignIn([first, second, issuer]);
const alice = wallet([coin, asked]);
const bob = wallet([], { seed: 2 });
const call = (...elements: readonly bigint[]): string =>
  `${[...elements, ...Array<bigint>(22 - elements.length).fill(0n)]
    .toReversed()
    .map((each) => `push.${each}`)
    .join(' ')} exec.tx::execute_foreign_procedure dropw dropw dropw dropw`;
const at = ({ id }: typeof first, name: string): bigint[] => [id.suffix, id.prefix, ...root(name)];

export const CALLING: readonly (TransactionInputs & { readonly what: string })[] = [
  {
    what: 'other accounts are called',
    account: alice,
    block: blockWith([], { accountRoot }).block,
    foreign,
    script: script(
      [
        call(...at(first, 'read')),
        call(...at(second, 'through'), ...at(first, 'read')),
        call(...at(first, 'read')),
      ].join('\n'),
      ['kiln::protocol::tx'],
    ),
  },
  {
    what: 'an issuer is asked about a note consumed',
    account: bob,
    ...blockWith([p2id(alice.id, bob.id, [coin, asked])], { accountRoot }),
    foreign,
  },
  {
    what: 'an issuer is asked about a note made',
    account: alice,
    block: blockWith([], { accountRoot }).block,
    foreign,
    script: sending([p2id(alice.id, bob.id, [coin, asked])]),
  },
];
