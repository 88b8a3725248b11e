import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExecutionError } from '../../../core/vm/errors.ts';
import { attempt } from '../hostile.ts';
import { ACCOUNT_CASES } from './account.ts';
import { AUTH_CASES } from './auth.ts';
import type { AbortCases } from './fixtures.ts';
import { FOREIGN_CASES } from './foreign.ts';
import { IMPLICIT } from './implicit.ts';
import { ISSUER_CASES } from './issuers.ts';
import { LEDGER_CASES } from './ledger.ts';
import { MAP_CASES } from './maps.ts';
import { NOTE_CASES } from './notes.ts';
import { PROLOGUE_CASES } from './prologue.ts';
import { SENT_CASES, SENT_ELSEWHERE } from './sent-notes.ts';
import { SITES, siteAt, sitesOfUnitTests } from './sites.ts';
import { STANDARD_CASES } from './standards.ts';
import { TX_CASES } from './tx.ts';

// Every assertion in kernel, protocol and standards, and a transaction that stops there and nowhere else: run by a host,
// with advice, of which nothing need be true. Of the standards a unit test in assembly does as well: they trust nothing.

const TABLES = [
  PROLOGUE_CASES,
  ACCOUNT_CASES,
  MAP_CASES,
  NOTE_CASES,
  SENT_CASES,
  LEDGER_CASES,
  TX_CASES,
  FOREIGN_CASES,
  STANDARD_CASES,
  AUTH_CASES,
  ISSUER_CASES,
];
const CASES: AbortCases = Object.assign({}, ...TABLES);

/** The assertion at which an attempt stops. */
function stopOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ExecutionError)) throw error;
    const site = error.at?.span && siteAt(error.at.span);
    return site && error.message.includes(site.message) ? site.name : `${error.message} ${error.details}`;
  }
  return 'it ran to its end';
}

test('every assertion has a transaction that stops there, or a unit test of the standards', async () => {
  const names = SITES.map(({ name }) => name);
  const lacking = names.filter((name) => !(name in CASES));
  const tested = await sitesOfUnitTests(['masm/standards']);
  assert.deepEqual(
    lacking.filter((name) => !tested.has(name)),
    [],
    'assertions without a case',
  );
  assert.deepEqual(
    Object.keys(CASES).filter((name) => !names.includes(name)),
    [],
    'cases without an assertion',
  );
  const sum = TABLES.reduce((all, table) => all + Object.keys(table).length, 0);
  assert.equal(sum, Object.keys(CASES).length, 'an assertion has two cases');
});

for (const [name, each] of Object.entries(CASES)) {
  test(name, () =>
    assert.equal(
      stopOf(() => attempt(each())),
      name,
    ),
  );
}

for (const [name, [kind, run]] of Object.entries(IMPLICIT)) {
  test(name, () =>
    assert.throws(
      () => attempt(run()),
      (error) => error instanceof ExecutionError && error.kind === kind,
    ),
  );
}

for (const [what, run, why] of SENT_ELSEWHERE)
  test(`a list of notes to send: ${what}`, () => assert.throws(() => attempt(run()), why));
