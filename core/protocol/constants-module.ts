import type { ModuleSource } from '../assembly/assemble.ts';
import { Domain } from '../hash/domains.ts';
import { initWord } from '../hash/eidos.ts';
import { ProtocolDomain } from './domains.ts';
import { kernelApiConstants } from './kernel-api.ts';
import { Limit } from './limits.ts';

/**
 * The tables of domains, limits and kernel procedures as a module of Miden assembly: kernel, library and scripts are assembled with it, so that
 * no number of the protocol is written twice. `LIMIT_*` are the limits, `API_*` offsets of procedures, `DOMAIN_*` the tags. A chaining value of a
 * domain opens with `OPEN_<domain>`, then `OPEN_LENGTH` plus the first parameter, then `OPEN_2` and `OPEN_3`: constants
 * where the length is known, which costs a fifth of opening it at run time.
 */
export function constantsModule(): string {
  const lines = (prefix: string, table: Readonly<Record<string, number | bigint>>) =>
    Object.entries(table).map(([name, value]) => `pub const ${prefix}_${name} = ${value}`);
  const [, length, second, third] = initWord(0);
  const domains = { ...ProtocolDomain, SMT_LEAF: Domain.SMT_BUCKET_LEAF };
  const opened = Object.fromEntries(Object.entries(domains).map(([name, tag]) => [name, initWord(tag)[0]]));
  return [
    '#! Domain tags and limits of the protocol, written from its tables in TypeScript.',
    ...lines('DOMAIN', ProtocolDomain),
    ...lines('OPEN', { ...opened, LENGTH: length, 2: second, 3: third }),
    ...lines('LIMIT', Limit),
    ...kernelApiConstants(),
    '',
  ].join('\n');
}

/** The same as the module `constants` of a library, e.g. of `::kiln::kernel`. */
export const constantsOf = (namespace: string): ModuleSource => {
  const path = `${namespace}::constants`;
  return { path, file: { name: `${path}.masm (generated)`, text: constantsModule() } };
};
