import { assembleTransactionKernel, type TransactionKernel } from '../core/protocol/kernel/kernel.ts';
import { coreLibrary } from './core-library.ts';
import { type LibrarySources, sourceFile, sourcesIn } from './libraries.ts';

const DISPATCHER = 'masm/kernel/dispatcher.masm';
const MAIN = 'masm/kernel/main.masm';
const DRY_RUN = 'masm/kernel/dry_run.masm';
const VIEW = 'masm/kernel/view.masm';

let assembled: TransactionKernel | undefined;

/** The transaction kernel of `masm/kernel`, assembled once in a process. */
export function transactionKernel(): TransactionKernel {
  assembled ??= assembleTransactionKernel({
    core: coreLibrary(),
    kernel: without(sourcesIn('masm/kernel', '::kiln::kernel'), [DISPATCHER, MAIN, DRY_RUN, VIEW]),
    dispatcher: sourceFile(DISPATCHER),
    main: sourceFile(MAIN),
    dryRun: sourceFile(DRY_RUN),
    view: sourceFile(VIEW),
    protocol: sourcesIn('masm/protocol', '::kiln::protocol'),
    standards: sourcesIn('masm/standards', '::kiln::standards'),
  });
  return assembled;
}

/** Sources in the folder that are no modules of the library. */
const without = ({ root, modules }: LibrarySources, names: readonly string[]): LibrarySources => ({
  root,
  modules: modules.filter(({ file }) => !names.includes(file.name)),
});
