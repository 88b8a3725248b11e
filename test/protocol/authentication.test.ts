import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_WORD, type Word } from '../../core/hash/word.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { type Authenticator, UnauthorizedError } from '../../core/protocol/executor/authentication.ts';
import { executeTransaction } from '../../core/protocol/executor/execute-transaction.ts';
import type { TransactionInputs } from '../../core/protocol/executor/transaction-inputs.ts';
import {
  signatureKey,
  summaryElements,
  type TransactionSummary,
} from '../../core/protocol/transaction/transaction-summary.ts';
import { blockWith, componentOf, kernel, newAccount, procedure, SECRET, script } from './transactions.ts';

const { block } = blockWith();
const KEY: Word = [1n, 2n, 3n, 4n];
const MESSAGE: Word = [5n, 6n, 7n, 8n];
const SUMMARY: TransactionSummary = {
  blockNumber: block.number,
  blockCommitment: [9n, 9n, 9n, 9n],
  expirationDelta: 0,
  salt: [1n, 0n, 0n, 0n, 0n, 0n],
  delta: EMPTY_WORD,
  inputNotes: EMPTY_WORD,
  outputNotes: EMPTY_WORD,
};

/** An account whose authentication is this code, after which there is another procedure. */
const account = (body: string, other = 'nop') => {
  const component = componentOf(
    `use ::kiln::protocol::account
     pub proc other ${other} end
     pub proc authenticate dropw exec.account::incr_nonce drop ${body} end`,
  );
  return newAccount({ component, slots: [], ownAuth: procedure(component, '::component::authenticate') });
};
const word = (values: Word) => `push.[${values.join(', ')}]`;
const ask = (event: string) => `emit.event("kiln::auth::${event}")`;
const SIGNED = `${word(MESSAGE)} ${word(KEY)} ${ask('signature')} dropw dropw adv_push assert adv_push assertz`;
const run = (body: string, authenticator?: Authenticator, inputs: Partial<TransactionInputs> = {}) =>
  executeTransaction(kernel, { account: account(body), block, ...inputs }, authenticator);

const refuses = (why: RegExp, act: () => void) =>
  assert.throws(act, (error) => {
    assert.ok(error instanceof ProtocolError, String(error));
    assert.equal(error.kind, 'authentication');
    assert.match(`${error.message}\n${error.details}`, why);
    return true;
  });

test('a signature is what the authenticator has for the key and the message', () => {
  const asked: Word[] = [];
  const signature = (...all: [Word, Word]) => {
    asked.push(...all);
    return [1n, 0n];
  };
  assert.equal(run(SIGNED, { signature }).account.nonce, 1n);
  assert.deepEqual(asked, [KEY, MESSAGE]);
});

test('a signature made elsewhere lies in the advice, and nobody is asked', () => {
  const signatures = [[signatureKey(KEY, MESSAGE), [1n, 0n]]] as const;
  assert.equal(run(SIGNED, {}, { signatures }).account.nonce, 1n);
  const other = [[signatureKey(MESSAGE, KEY), [1n, 0n]]] as const;
  refuses(/signature, and it was not given/, () => run(SIGNED, {}, { signatures: other }));
});

test('what is not there is missed by name', () => {
  const secret = `${word(KEY)} ${ask('request')} dropw adv_push drop`;
  for (const authenticator of [undefined, {}, { secret: () => undefined }])
    refuses(/^.* was not given\.\nauth: key 0*1/, () => run(secret, authenticator));
  for (const authenticator of [undefined, { secret: () => SECRET }, { signature: () => undefined }])
    refuses(/^.* was not given\.\nauth: key 0*1/, () => run(SIGNED, authenticator));
});

test('who cannot agree hands the summary back', () => {
  const elements = summaryElements(SUMMARY);
  const body = (length: number) => `
    ${elements.map((element, i) => `push.${element} push.${i} mem_store`).join(' ')}
    exec.account::compute_delta_commitment push.8 mem_storew_le dropw
    push.${length} push.0 ${word(MESSAGE)} adv.insert_mem ${ask('unauthorized')}
    dropw drop drop`;
  assert.throws(
    () => run(body(24)),
    (error) => {
      assert.ok(error instanceof UnauthorizedError);
      assert.deepEqual(error.summary, { ...SUMMARY, delta: error.delta.commitment });
      return true;
    },
  );
  assert.throws(() => run(body(20)), /no summary/);
  assert.throws(() => run(`${word(MESSAGE)} ${ask('unauthorized')} dropw`), /no summary/);
});

test('only the account’s authentication asks, when the kernel runs it', () => {
  const has: Authenticator = { secret: () => SECRET, signature: () => [1n, 0n] };
  for (const event of ['request', 'signature', 'unauthorized']) {
    const thief = `${word(KEY)} ${ask(event)} dropw`;
    refuses(/outside of authentication/, () => run('nop', has, { script: script(thief) }));
    const body = 'repeat.12 push.0 end call.other dropw dropw dropw';
    refuses(/outside of authentication/, () =>
      executeTransaction(kernel, { account: account(body, thief), block }, has),
    );
    const late = 'call.component::authenticate';
    const own = componentOf(`use ::kiln::protocol::account pub proc authenticate ${thief} end`);
    const kind = { component: own, slots: [], ownAuth: procedure(own, '::component::authenticate') };
    refuses(/outside of authentication/, () =>
      executeTransaction(
        kernel,
        { account: newAccount(kind), block, script: script(late, ['component'], [own]) },
        has,
      ),
    );
  }
});
