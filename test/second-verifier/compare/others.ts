import * as Q from '../../../core/field/quad.ts';
import type { Profile } from '../../../core/stark/profile.ts';
import { type Case, parametersOf } from './both.ts';

/** The same proof is to show something else, or under other parameters: what both verifiers are told instead. */
export function* others(of: Case): Generator<[name: string, other: Case]> {
  const { relation, theirs } = of;
  const { profile, statement } = theirs;
  const observed = statement.observed.map((x, i) => (i === 0 ? x + 1n : x));
  const told = (observed: readonly bigint[]) => ({
    ...of,
    relation: { ...relation, observed },
    theirs: { ...theirs, statement: { ...statement, observed } },
  });
  yield ['another element observed', told(observed)];
  yield ['an element less observed', told(observed.slice(1))];
  yield ['an element more observed', told([...observed, 0n])];
  const relationDigest = [2n, 2n, 3n, 4n] as const;
  yield [
    'another relation',
    {
      ...of,
      relation: { ...relation, digest: relationDigest },
      theirs: { ...theirs, statement: { ...statement, relationDigest } },
    },
  ];
  const publicValues = relation.publicValues.map((values) => values.map((x) => x + 1n));
  yield [
    'other public values',
    { ...of, relation: { ...relation, publicValues }, theirs: { ...theirs, publicValues } },
  ];
  const boundary: typeof statement.boundary = (challenges) => Q.add(statement.boundary(challenges), Q.ONE);
  yield [
    'other lookups of the statement',
    {
      ...of,
      relation: { ...relation, boundary },
      theirs: { ...theirs, statement: { ...statement, boundary } },
    },
  ];
  const root = relation.fixed!.root.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
  yield [
    'other fixed columns',
    {
      ...of,
      relation: { ...relation, fixed: { ...relation.fixed!, root } },
      theirs: { ...theirs, preprocessed: root },
    },
  ];

  const numbers = [
    'numQueries',
    'queryPowBits',
    'deepPowBits',
    'foldingPowBits',
    'logFinalDegree',
    'logBlowup',
    ...(profile.hidingVersion > 0
      ? (['hidingVersion', 'slack', 'maskLength', 'blinderLength', 'saltWidth'] as const)
      : []),
  ] as const;
  const under = (changed: Profile) => ({
    ...of,
    parameters: parametersOf(changed),
    theirs: { ...theirs, profile: changed },
  });
  for (const name of numbers)
    yield [`${name} plus one`, under({ ...profile, [name]: profile[name] + (name === 'slack' ? 64 : 1) })];
  if (profile.hidingVersion > 0) {
    const listed = profile.heightClasses;
    yield ['another class listed', under({ ...profile, heightClasses: [...listed, [6, 12, 6]] })];
    yield ['its class not listed', under({ ...profile, heightClasses: [[6, 12, 6]] })];
  }
  yield ['the other hash', under({ ...profile, hash: profile.hash === 'eidos' ? 'blake3' : 'eidos' })];
}
