import { EXIT } from './exit.ts';
import { main, report } from './main.ts';
import { Output } from './output.ts';

const args = process.argv.slice(2);
const output = new Output(args.includes('--json'));

// A signal cancels what can be cancelled; one that comes later, when that has not helped, ends the process. A terminal
// and the script that started this one may both deliver the first.
const abort = new AbortController();
let cancelled = 0;
const onSignal = (): void => {
  if (!abort.signal.aborted) cancelled = performance.now();
  else if (performance.now() - cancelled > 1000) process.exit(EXIT.refused);
  abort.abort();
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

// Whoever reads the output has gone, or the disk is full: nobody can be told on that way.
process.stdout.on('error', (error) => {
  process.stderr.write(`kiln: the output cannot be written: ${error.message}\n`);
  process.exit(EXIT.refused);
});
process.on('uncaughtException', (error) => process.exit(report(error, output)));

process.exitCode = await main(args, output, abort.signal);
