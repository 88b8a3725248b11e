import { runPaced } from '../../core/pace.ts';
import { OperatorError } from '../../operator/errors.ts';
import { checkingState } from '../../operator/state/check.ts';
import { State } from '../../operator/state/state.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';

export const operatorCheck: Command = {
  summary: "Recomputes an operator's state from what it stored.",
  usage: '--folder DIR',
  example: 'kiln operator check --folder state',
  options: { folder: { value: 'DIR', help: 'where its databases are; no operator must run on it' } },
  async run(options, output, signal) {
    options.noOperands();
    const state = State.open(options.required('folder'));
    if (!state)
      throw new OperatorError('network-unknown', 'There is no network in this folder.', {
        advice: 'Check the path.',
      });
    try {
      const blocks = state.tip.number + 1;
      const checks = await runPaced(checkingState(state), {
        signal,
        onProgress: (done) => output.status(`block ${done} of ${blocks}`),
      });
      for (const { name, ok, count, problems } of checks)
        output.line(
          `${ok ? 'ok      ' : 'DAMAGED '} ${name} (${count})${ok ? '' : `: ${problems.join('; ')}`}`,
        );
      output.result({ block: state.tip.number, checks });
      return checks.every(({ ok }) => ok) ? EXIT.done : EXIT.refused;
    } finally {
      state.close();
    }
  },
};
