import type { Word } from '../hash/word.ts';
import { operation } from '../vm/mast/operation.ts';
import type { Operation, SourceSpan } from '../vm/mast/types.ts';
import { Op } from '../vm/opcodes.ts';
import type { Block, BlockItem, InvocationTarget, Procedure } from './ast.ts';
import type { ForestBuilder, NodeRef } from './forest-builder.ts';
import {
  isNodeInstruction,
  known,
  type LoweringContext,
  lowerInstruction,
  lowerProcedureReference,
  type NodeInstruction,
} from './lowering/lower.ts';
import { closeFrame, openFrame, START_FRAMES } from './lowering/memory.ts';

/** Gives the node that stands for what is invoked; callees are compiled before their callers. */
export type ResolveInvocation = (
  kind: 'exec' | 'call' | 'syscall' | 'procref',
  target: InvocationTarget,
) => NodeRef;

const NOOP = operation(Op.NOOP);
const NOTHING: readonly Operation[] = [];

/**
 * Compiles the body of a procedure to nodes (miden-assembly 1.0.0-rc.0, src/assembler.rs, compile_body).
 * Its constants have been filled in.
 * @param isEntry whether it is a program's entry, which sets up the frame pointer
 */
export function compileProcedure(
  procedure: Procedure,
  isEntry: boolean,
  builder: ForestBuilder,
  resolve: ResolveInvocation,
): NodeRef {
  const { locals, span } = procedure;
  const body = new BodyCompiler(builder, resolve, {
    locals,
    errorMessages: builder.errorMessages,
  });
  const prologue = isEntry ? START_FRAMES : locals > 0 ? openFrame(locals) : NOTHING;
  const epilogue = !isEntry && locals > 0 ? closeFrame(locals) : NOTHING;
  return body.compile(procedure.body.items, span, prologue, epilogue);
}

class BodyCompiler {
  readonly #builder: ForestBuilder;
  readonly #resolve: ResolveInvocation;
  readonly #context: LoweringContext;

  constructor(builder: ForestBuilder, resolve: ResolveInvocation, context: LoweringContext) {
    this.#builder = builder;
    this.#resolve = resolve;
    this.#context = context;
  }

  /** One node for a list of instructions and blocks. */
  compile(
    items: readonly BlockItem[],
    span: SourceSpan,
    prologue: readonly Operation[] = NOTHING,
    epilogue: readonly Operation[] = NOTHING,
  ): NodeRef {
    const builder = this.#builder;
    const sequence: NodeRef[] = [];
    let ops: Operation[] = [...prologue];
    let spans: SourceSpan[] = prologue.map(() => span);
    const flush = (): void => {
      if (ops.length > 0) sequence.push(builder.block(ops, spans, span));
      ops = [];
      spans = [];
    };
    const append = (more: readonly Operation[], at: SourceSpan): void => {
      for (const op of more) {
        ops.push(op);
        spans.push(at);
      }
    };

    for (const item of items) {
      if (item.kind !== 'instruction') {
        flush();
        this.#compileControl(item, sequence);
      } else if (!isNodeInstruction(item)) {
        append(lowerInstruction(item, this.#context), item.span);
      } else if (item.form === 'target' && item.name === 'procref') {
        append(lowerProcedureReference(this.#digestOf(item.target)), item.span);
      } else {
        const node = this.#invoke(item);
        flush();
        sequence.push(node);
      }
    }
    append(epilogue, span);
    flush();
    return sequence.length === 0 ? this.#noop(span) : builder.sequence(sequence, span);
  }

  #compileControl(item: Exclude<BlockItem, { kind: 'instruction' }>, sequence: NodeRef[]): void {
    const builder = this.#builder;
    const { span } = item;
    switch (item.kind) {
      case 'if': {
        const onTrue = this.#compileBlock(item.onTrue);
        const onFalse = this.#compileBlock(item.onFalse);
        sequence.push(builder.split(onTrue, onFalse, span));
        return;
      }
      case 'while': {
        // LOOP runs its body before it asks, so the first question is a SPLIT's.
        const loop = builder.loop(this.#compileBlock(item.body), span);
        sequence.push(builder.split(loop, this.#noop(span), span));
        return;
      }
      case 'do-while': {
        const items = [...item.body.items, ...item.condition.items];
        sequence.push(builder.loop(this.compile(items, item.body.span), span));
        return;
      }
      case 'repeat':
        builder.repeat(sequence, this.#compileBlock(item.body), known(item.count), span);
    }
  }

  #compileBlock(block: Block): NodeRef {
    return this.compile(block.items, block.span);
  }

  #noop(span: SourceSpan): NodeRef {
    return this.#builder.block([NOOP], [span], span);
  }

  #invoke(instruction: NodeInstruction): NodeRef {
    const { span } = instruction;
    if (instruction.form !== 'target') {
      return this.#builder.dynamic(instruction.name === 'dynexec' ? 'dyn' : 'dyncall', span);
    }
    const { name, target } = instruction;
    const callee = this.#resolve(name, target);
    return name === 'call' || name === 'syscall' ? this.#builder.call(name, callee, span) : callee;
  }

  #digestOf(target: InvocationTarget): Word {
    return this.#builder.digest(this.#resolve('procref', target));
  }
}
