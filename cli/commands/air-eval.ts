import { parseAssignments } from '../../core/air/assignment.ts';
import { Evaluator } from '../../core/air/evaluate.ts';
import { midenAirs } from '../../core/air/miden.ts';
import type { QuadFelt } from '../../core/field/quad.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { readText } from '../files.ts';

/** As in the vectors: a value of the base field is one string, any other a pair. */
const printed = ([c0, c1]: QuadFelt): string | readonly [string, string] =>
  c1 === 0n ? String(c0) : [String(c0), String(c1)];

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
      const evaluated = assignments.map((at) => ({ values: evaluator.evaluate(at).map(printed) }));
      return { name: air.name, assignments: evaluated };
    });
    for (const { name, assignments } of airs) {
      for (const { values } of assignments) output.line(`${name}: ${values.length} constraints evaluated`);
    }
    output.result({ airs });
    return EXIT.done;
  },
};
