import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { and8Air } from './and8/air.ts';
import { AssignmentError, parseAssignments } from './assignment.ts';

const air = and8Air();
const zeros = (n: number, zero: unknown = '0'): unknown[] => new Array(n).fill(zero);
const pair = ['0', '18446744069414584320'];
const valid = () => ({
  airs: [
    {
      name: 'and8',
      assignments: [
        {
          main: [zeros(7), zeros(7, pair)],
          aux: [zeros(4, pair), zeros(4, pair)],
          preprocessed: [zeros(5), zeros(5)],
          periodic: [],
          public: [],
          auxValues: [pair],
          challenges: [pair, pair],
          isFirst: '1',
          isLast: '0',
          isTransition: pair,
        } as Record<string, unknown>,
      ] as unknown,
    },
  ] as unknown,
});
// biome-ignore lint/suspicious/noExplicitAny: tests damage the value at will
type Damaged = any;

test('a valid file is read, base and extension values mixed', () => {
  const [{ air: found, assignments }] = parseAssignments(JSON.stringify(valid()), [air]);
  assert.equal(found, air);
  assert.deepEqual(assignments[0].main[1][0], [0n, 18446744069414584320n]);
  assert.equal(assignments[0].isFirst, 1n);
});

test('whatever is wrong is refused, with its place', () => {
  const cases: readonly [damage: (file: Damaged) => void, place: string][] = [
    [(f) => delete f.airs, 'at airs'],
    [(f) => (f.airs = {}), 'at airs'],
    [(f) => (f.airs[0] = null), 'at airs[0]'],
    [(f) => (f.airs[0].name = 'nand8'), 'at airs[0].name'],
    [(f) => delete f.airs[0].assignments, 'at airs[0].assignments'],
    [(f) => (f.airs[0].assignments[0] = []), 'at airs[0].assignments[0]'],
    [(f) => f.airs[0].assignments[0].main.pop(), 'at airs[0].assignments[0].main'],
    [(f) => f.airs[0].assignments[0].main[1].push('0'), 'at airs[0].assignments[0].main[1]'],
    [(f) => (f.airs[0].assignments[0].main[0][3] = 0), 'at airs[0].assignments[0].main[0][3]'],
    [(f) => (f.airs[0].assignments[0].main[0][3] = '-1'), 'at airs[0].assignments[0].main[0][3]'],
    [(f) => (f.airs[0].assignments[0].main[0][3] = ''), 'at airs[0].assignments[0].main[0][3]'],
    [(f) => (f.airs[0].assignments[0].isLast = '18446744069414584321'), 'at airs[0].assignments[0].isLast'],
    [(f) => (f.airs[0].assignments[0].isLast = '9'.repeat(1_000_000)), 'at airs[0].assignments[0].isLast'],
    [(f) => delete f.airs[0].assignments[0].isTransition, 'at airs[0].assignments[0].isTransition'],
    [(f) => (f.airs[0].assignments[0].aux[0][0] = '0'), 'at airs[0].assignments[0].aux[0][0]'],
    [(f) => (f.airs[0].assignments[0].challenges[1] = ['0']), 'at airs[0].assignments[0].challenges[1]'],
    [(f) => f.airs[0].assignments[0].periodic.push('0'), 'at airs[0].assignments[0].periodic'],
  ];
  for (const [damage, place] of cases) {
    const file = valid();
    damage(file);
    assert.throws(
      () => parseAssignments(JSON.stringify(file), [air]),
      (error) =>
        error instanceof AssignmentError && error.kind === 'air-assignment' && error.details === place,
    );
  }
});

test('any text gives assignments or an AssignmentError', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constant(JSON.stringify(valid())).map((t) => t.replace('"0"', '[[')),
  );
  fc.assert(
    fc.property(text, (input) => {
      try {
        parseAssignments(input, [air]);
      } catch (error) {
        assert.ok(error instanceof AssignmentError);
      }
    }),
    { numRuns: 2000 },
  );
});
