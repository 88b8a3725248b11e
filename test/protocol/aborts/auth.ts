import { EMPTY_WORD, type Word } from '../../../core/hash/word.ts';
import { keyOf } from '../../../core/protocol/standards/auth-key.ts';
import { MULTISIG_SLOT } from '../../../core/protocol/standards/auth-multisig.ts';
import { knowing } from '../../../core/protocol/standards/authenticators.ts';
import { type Attempt, api, own } from '../hostile.ts';
import { multisigOf, walletWith } from '../owners.ts';
import { componentOf, procedure, script, wallet } from '../transactions.ts';
import { type AbortCases, acting, block } from './fixtures.ts';

const [a, b, c] = [1n, 2n, 3n].map((x): Word => [x, x, x, x]);
const group = walletWith(multisigOf(2, [a, b].map(keyOf)));
const agreed = { account: group, block, authenticator: knowing(a, b) };
const word = (values: Word): string => `push.[${values.join(', ')}]`;
/** Calls a procedure of the group's component. */
const changing = (name: string, args: string, account = group): Attempt => ({
  ...agreed,
  account,
  script: script(`dropw ${args} call.multisig::${name} dropw dropw dropw dropw`, [
    'kiln::standards::auth::multisig',
  ]),
});

/** An account whose authentication does something after the change was summed up. */
function late(): Attempt {
  const component = componentOf(
    `pub proc authenticate dropw
      ${api('account::incr_nonce')} ${api('account::compute_delta_commitment', 0n, 0n, 0n)}
      ${api('tx::update_expiration_delta', 5n)} end`,
  );
  const ownAuth = procedure(component, '::component::authenticate');
  return { account: wallet([], { component, ownAuth, slots: [] }), block };
}

/** A group that nobody needs to agree in. */
function careless(): Attempt {
  const { storage } = group;
  const slots = storage.slots.map((slot) =>
    slot.kind === 'value' && slot.name === MULTISIG_SLOT ? { ...slot, value: EMPTY_WORD } : slot,
  );
  const component = componentOf(
    `use ::kiln::standards::auth::multisig
    pub proc authenticate push.0 drop exec.multisig::authenticate end`,
  );
  const ownAuth = procedure(component, '::component::authenticate');
  return { account: wallet([], { component, ownAuth, slots }), block };
}

export const AUTH_CASES: AbortCases = {
  'kernel/delta commitment: what changes is summed up once the nonce was incremented': () =>
    acting(own('account::compute_delta_commitment', 0n, 0n, 0n)),
  'kernel/delta refuse: nothing may change after it was summed up for its owner to agree to': late,
  "standards/auth/key assert_secret: this is not the secret of the account's key": () => ({
    account: wallet(),
    block,
    authenticator: { secret: () => a },
  }),
  'standards/auth/summary refuse: the transaction has not been agreed to by as many as it takes': () => ({
    ...agreed,
    authenticator: knowing(a),
    lies: { authUnauthorized: () => [] },
  }),
  'standards/auth/multisig authenticate: at least one key must agree': careless,
  'standards/auth/multisig authenticate: the keys that agree do not ascend': () => ({
    ...agreed,
    lies: {
      authApproval: (() => {
        let first: readonly bigint[] | undefined;
        return (truth) => (first ??= truth());
      })(),
    },
  }),
  "standards/auth/multisig authenticate: the key is not one of the account's": () => ({
    ...agreed,
    lies: { authApproval: () => [...keyOf(c), 0n, ...c] },
  }),
  'standards/auth/multisig set_threshold: as many must agree as there are keys at most': () =>
    changing('set_threshold', 'push.4294967296'),
  'standards/auth/multisig add_approver: no key is the empty word': () =>
    changing('add_approver', word(EMPTY_WORD)),
  'standards/auth/multisig add_approver: the key is there already': () =>
    changing('add_approver', word(keyOf(a))),
  "standards/auth/multisig remove_approver: the key is not one of the account's": () =>
    changing('remove_approver', word(keyOf(c))),
  'standards/auth/multisig set_config: at least one key must agree': () =>
    changing('set_threshold', 'push.0'),
  'standards/auth/multisig set_config: an account has 64 keys at most': () =>
    changing(
      'add_approver',
      word(keyOf(c)),
      walletWith(
        multisigOf(
          1,
          Array.from({ length: 64 }, (_, i) => keyOf([BigInt(i), 9n, 0n, 0n])),
        ),
      ),
    ),
  'standards/auth/multisig set_config: as many must agree as there are keys at most': () =>
    changing('set_threshold', 'push.3'),
};
