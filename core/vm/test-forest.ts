import type { Word } from '../hash/word.ts';
import {
  blockNode,
  callDigest,
  DYN_DIGEST,
  DYNCALL_DIGEST,
  joinDigest,
  loopDigest,
  splitDigest,
  syscallDigest,
} from './mast/nodes.ts';
import { operation } from './mast/operation.ts';
import type { MastForest, MastNode, NodeId, Operation, Program, SourceSpan } from './mast/types.ts';
import { Op, type OpName } from './opcodes.ts';

/** An operation, or one with its value or error code. */
export type OpText = OpName | readonly [OpName, bigint];

/** Forests written by hand, for tests and benchmarks that want a node or an operation and nothing around it. */
export class TestForest {
  readonly nodes: MastNode[] = [];
  readonly #roots: NodeId[] = [];

  #add(node: MastNode): NodeId {
    return this.nodes.push(node) - 1;
  }

  #digest(id: NodeId): Word {
    return this.nodes[id].digest;
  }

  block(...ops: readonly OpText[]): NodeId {
    return this.#add(blockNode(operations(ops)));
  }

  /** A block whose operations all come from `span`. */
  blockFrom(span: SourceSpan, ...ops: readonly OpText[]): NodeId {
    return this.#add(
      blockNode(
        operations(ops),
        ops.map(() => span),
      ),
    );
  }

  join(first: NodeId, second: NodeId): NodeId {
    const digest = joinDigest(this.#digest(first), this.#digest(second));
    return this.#add({ kind: 'join', first, second, digest });
  }

  split(onTrue: NodeId, onFalse: NodeId): NodeId {
    const digest = splitDigest(this.#digest(onTrue), this.#digest(onFalse));
    return this.#add({ kind: 'split', onTrue, onFalse, digest });
  }

  loop(body: NodeId): NodeId {
    return this.#add({ kind: 'loop', body, digest: loopDigest(this.#digest(body)) });
  }

  call(callee: NodeId): NodeId {
    return this.#add({ kind: 'call', callee, digest: callDigest(this.#digest(callee)) });
  }

  syscall(callee: NodeId): NodeId {
    return this.#add({ kind: 'syscall', callee, digest: syscallDigest(this.#digest(callee)) });
  }

  dynamic(kind: 'dyn' | 'dyncall'): NodeId {
    return this.#add({ kind, digest: kind === 'dyn' ? DYN_DIGEST : DYNCALL_DIGEST });
  }

  external(digest: Word): NodeId {
    return this.#add({ kind: 'external', digest });
  }

  /** Makes a node a procedure that others find by digest. */
  root(id: NodeId): NodeId {
    this.#roots.push(id);
    return id;
  }

  forest(extra: Partial<MastForest> = {}): MastForest {
    return { nodes: this.nodes, roots: this.#roots, adviceMap: [], errorMessages: new Map(), ...extra };
  }

  program(entry: NodeId, extra: Partial<Program> = {}): Program {
    return { forest: this.forest(), entry, kernel: [], libraries: [], ...extra };
  }
}

const operations = (ops: readonly OpText[]): Operation[] =>
  ops.map((op) => (typeof op === 'string' ? operation(Op[op]) : operation(Op[op[0]], op[1])));

/** A program of one block. */
export function blockProgram(...ops: readonly OpText[]): Program {
  const forest = new TestForest();
  return forest.program(forest.block(...ops));
}
