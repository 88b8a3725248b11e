import { writeFileSync } from 'node:fs';
import { formatForgeries, honestTrace, readForgeries } from './corpus.ts';
import { ForgerySearch } from './search.ts';
import { SUBJECTS } from './subjects.ts';

/**
 * Searches the forgeries of an AIR's base constraints and writes `<air>.json`: `node test/forge/find.ts core 150`,
 * with the number of traces to try per constraint. Needed only when a constraint or a program's trace changes; what the
 * file holds and is still right is kept, and improved where other constraints break, too.
 */
const subject = SUBJECTS.find(({ air }) => air.name === process.argv[2]);
const tries = Number(process.argv[3]);
if (!subject || !(tries > 0))
  throw new Error(`usage: find.ts ${SUBJECTS.map(({ air }) => air.name).join('|')} TRIES`);
const search = new ForgerySearch(subject, subject.mendable);
for (const forgery of readForgeries(subject.air.name)) {
  search.keep(forgery, honestTrace(forgery.program, subject.air.name));
}
const seen = new Set<string>();
for (const program of subject.programs) {
  const main = honestTrace(program, subject.air.name);
  const rows = Array.from({ length: main.height }, (_, row) => row).filter((row) => {
    const before = (row + main.height - 1) % main.height;
    const kind = `${subject.kind(main, before)} ${subject.kind(main, row)}`;
    return !seen.has(kind) && seen.add(kind);
  });
  search.changeCells(program, main, rows);
  search.change(
    program,
    main,
    rows.flatMap((row) => subject.starts(main, row)),
  );
  console.error(`${program}: ${rows.length} rows, ${search.forgeries.length} constraints broken`);
}
search.repair(tries, (constraint, alone) => {
  if (!alone) console.error(`${constraint} does not break alone`);
});
writeFileSync(new URL(`${subject.air.name}.json`, import.meta.url), formatForgeries(search.forgeries));
