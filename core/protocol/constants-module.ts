import { ProtocolDomain } from './domains.ts';
import { Limit } from './limits.ts';

/**
 * The tables of domains and limits as a module of Miden assembly, `DOMAIN_*` and `LIMIT_*`: kernel, library and scripts
 * are assembled with it, so that no number of the protocol is written twice.
 */
export function constantsModule(): string {
  const lines = (prefix: string, table: Readonly<Record<string, number | bigint>>) =>
    Object.entries(table).map(([name, value]) => `pub const ${prefix}_${name} = ${value}`);
  return [
    '#! Domain tags and limits of the protocol, written from its tables in TypeScript.',
    ...lines('DOMAIN', ProtocolDomain),
    ...lines('LIMIT', Limit),
    '',
  ].join('\n');
}
