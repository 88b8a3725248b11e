import { assemble } from '../../core/assembly/assemble.ts';
import type { Program } from '../../core/vm/mast/types.ts';
import { type OpText, TestForest } from '../../core/vm/test-forest.ts';

/** Programs whose honest traces the attacks start from. */

export const assembled = (text: string): Program => assemble({ program: { name: 'program.masm', text } });

/** LOOP around one block. */
export function loopProgram(...body: readonly OpText[]): Program {
  const forest = new TestForest();
  return forest.program(forest.loop(forest.block(...body)));
}
