import { EXIT } from './exit.ts';
import { main, report } from './main.ts';
import { Output } from './output.ts';

const args = process.argv.slice(2);
const output = new Output(args.includes('--json'));

// A first signal cancels what can be cancelled; a second one finds no listener, and kills.
const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
process.once('SIGTERM', () => abort.abort());

// Whoever reads the output has gone, or the disk is full: nobody can be told on that way.
process.stdout.on('error', (error) => {
  process.stderr.write(`kiln: the output cannot be written: ${error.message}\n`);
  process.exit(EXIT.refused);
});
process.on('uncaughtException', (error) => process.exit(report(error, output)));

process.exitCode = await main(args, output, abort.signal);
