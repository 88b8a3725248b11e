import { parseAssignments } from '../../core/air/assignment.ts';
import { Evaluator } from '../../core/air/evaluate.ts';
import { midenAirs } from '../../core/air/miden.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readText } from '../files.ts';

export const airEval: Command = {
  summary: 'Evaluates every constraint at the points of a file like test/vectors/air.json.',
  usage: 'FILE.json --json',
  options: {},
  async run(options, output) {
    const file = readText(options.operand('file of assignments'));
    const airs = parseAssignments(file, midenAirs()).map(({ air, assignments }) => {
      const evaluator = new Evaluator(
        air.graph,
        air.constraints.map((constraint) => constraint.expr),
      );
      return { name: air.name, assignments: assignments.map((at) => ({ values: evaluator.evaluate(at) })) };
    });
    for (const { name, assignments } of airs) {
      for (const { values } of assignments) output.line(`${name}: ${values.length} constraints evaluated`);
    }
    output.result({ airs });
    return EXIT.done;
  },
};
