import { MODULUS } from '../../../core/field/felt.ts';
import type * as Q from '../../../core/field/quad.ts';
import type { Backend, ProvingSession } from '../../../core/stark/backend.ts';

type Answers = { [K in keyof ProvingSession]?: (session: ProvingSession) => ProvingSession[K] };

/**
 * Backends that lie in one place. The prover passes the lie on to its transcript, so the proof is consistent with it: a
 * verifier has to find out by its checks, not because a transcript has gone astray.
 */
const lying = (backend: Backend, answers: Answers): Backend => ({
  name: backend.name,
  description: backend.description,
  close: () => backend.close(),
  async open(options) {
    const session = await backend.open(options);
    return new Proxy(session, {
      get(target, key) {
        const answer = answers[key as keyof ProvingSession];
        if (answer) return answer(target);
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  },
});

const off = (value: Q.QuadFelt): Q.QuadFelt => [(value[0] + 1n) % MODULUS, value[1]];
const offAt = (values: readonly Q.QuadFelt[], at: number) => values.map((v, i) => (i === at ? off(v) : v));

/**
 * Liars by what they do. `balanced` gives sums that pass the prover's own check; lies about single values are about
 * these columns, at either point.
 */
export function liars(
  backend: Backend,
  balanced: (challenges: readonly [Q.QuadFelt, Q.QuadFelt]) => readonly Q.QuadFelt[],
  columns: readonly number[],
): Map<string, Backend> {
  const liar = (answers: Answers) => lying(backend, answers);
  const all = new Map<string, Backend>([
    [
      'lookup columns of other challenges',
      liar({
        commitAux: (s) => async (a, b) => ({
          root: (await s.commitAux(off(a), b)).root,
          sigmas: balanced([a, b]),
        }),
      }),
    ],
    ['constraints folded otherwise', liar({ commitQuotient: (s) => (a, b) => s.commitQuotient(off(a), b) })],
    ['AIRs folded otherwise', liar({ commitQuotient: (s) => (a, b) => s.commitQuotient(a, off(b)) })],
    ['columns combined otherwise', liar({ deep: (s) => (c, d) => s.deep(off(c), d) })],
    ['points combined otherwise', liar({ deep: (s) => (c, d) => s.deep(c, off(d)) })],
    ['folded otherwise', liar({ friFold: (s) => (b) => s.friFold(off(b)) })],
    ['values at another point', liar({ evaluateAt: (s) => (z) => s.evaluateAt(off(z)) })],
    ['opened elsewhere', liar({ query: (s) => (i) => s.query(i.map((index) => index ^ 1)) })],
    ['opened once', liar({ query: (s) => (i) => s.query(i.map(() => i[0])) })],
  ]);
  for (const at of [0, 1])
    all.set(`final coefficient ${at}`, liar({ friFinal: (s) => async () => offAt(await s.friFinal(), at) }));
  for (const point of [0, 1] as const) {
    for (const column of columns) {
      all.set(
        `value of column ${column} at point ${point}`,
        liar({
          evaluateAt: (s) => async (z) => {
            const rows = await s.evaluateAt(z);
            return [0, 1].map((p) => (p === point ? offAt(rows[p], column) : rows[p])) as [
              Q.QuadFelt[],
              Q.QuadFelt[],
            ];
          },
        }),
      );
    }
  }
  return all;
}
