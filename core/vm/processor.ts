import { lanesToWord } from '../hash/eidos.ts';
import type { Word } from '../hash/word.ts';
import type { AdviceSource } from './advice/source.ts';
import { ExecutionError } from './errors.ts';
import { FRAME_POINTER_ADDRESS, FRAME_POINTER_START } from './frame-pointer.ts';
import type { SourceSpan } from './mast/types.ts';
import { isBlock, type NodeTable, type RunBlock, type RunControl, type RunNode } from './nodes.ts';
import { Op } from './opcodes.ts';
import { elementAt, failBinary } from './ops/fail.ts';
import { addressAt, readWord, writeElement } from './ops/memory.ts';
import { OPERATIONS } from './ops/table.ts';
import type { ExecutionLimits } from './options.ts';
import { VISIBLE } from './stack.ts';
import { MachineState } from './state.ts';
import type { CoreTrace } from './trace/core-trace.ts';
import type { ChipletRecorder } from './trace/recorder.ts';

/** Where the rows of a traced run go. */
export interface TraceSink {
  readonly core: CoreTrace;
  readonly chiplets: ChipletRecorder;
}

/** A control node that was entered and has not ended. */
interface Frame {
  readonly node: RunControl;
  /** Controller row of the node, and of the node around it. */
  readonly address: number;
  readonly parent: number;
  /** JOIN: its second child, until that is entered. */
  next: RunNode | null;
  /** LOOP: row at which it started, and how often its body was entered. */
  readonly startRow: number;
  iterations: number;
}

/** What a call hides from the callee. */
interface CallerContext {
  readonly ctx: number;
  readonly fnHash: Uint32Array;
}

/**
 * Runs a program, one cycle per trace row: control nodes on a stack of frames, blocks operation by operation. The same
 * code runs with and without traces; without, addresses of the hash controller are all zero.
 */
export class Processor {
  readonly state: MachineState;
  readonly #nodes: NodeTable;
  readonly #limits: ExecutionLimits;
  readonly #core: CoreTrace | null;
  readonly #recorder: ChipletRecorder | null;
  readonly #frames: Frame[] = [];
  readonly #callers: CallerContext[] = [];
  /** Controller row of the innermost control node. */
  #address = 0;
  /** What runs now, for errors. */
  #running: RunNode | null = null;
  /** What runs next, `null` after the whole program. */
  #next: RunNode | null;

  constructor(nodes: NodeTable, advice: AdviceSource, limits: ExecutionLimits, sink: TraceSink | null) {
    this.#nodes = nodes;
    this.#limits = limits;
    this.#core = sink?.core ?? null;
    this.#recorder = sink?.chiplets ?? null;
    this.state = new MachineState(limits, advice, this.#recorder);
    this.state.errorText = (code) => this.#running?.forest.errorMessages.get(code);
    this.#next = nodes.entry();
  }

  /**
   * Runs on for `cycles` cycles and to the end of the block they end in. Returns whether anything is left to run. Throws
   * an {@link ExecutionError} that knows its place.
   */
  advance(cycles: number): boolean {
    try {
      this.#runUntil(this.state.clk + cycles);
      if (this.#next === null) this.#checkEnd();
      return this.#next !== null;
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      const span = this.#span();
      const { clk, ctx } = this.state;
      throw error.locate({ clk, ctx, procedures: this.#procedures(), ...(span && { span }) });
    }
  }

  /** A syscall runs as the procedure that made it, so that one comes twice; the program itself has no digest. */
  #procedures(): Word[] {
    const all = [...this.#callers.map(({ fnHash }) => fnHash), this.state.fnHash];
    return all
      .filter((fnHash, i) => fnHash.some((lane) => lane !== 0) && fnHash !== all[i + 1])
      .map((fnHash) => lanesToWord(fnHash, 0))
      .reverse();
  }

  #runUntil(clk: number): void {
    let node = this.#next;
    while (node !== null && this.state.clk < clk) {
      if (isBlock(node)) {
        this.#runBlock(node);
        node = this.#afterChild();
      } else {
        node = this.#enter(node);
      }
    }
    this.#next = node;
  }

  #checkEnd(): void {
    const { depth } = this.state.stack;
    if (depth > VISIBLE) {
      throw new ExecutionError(
        'stack-depth-at-end',
        `The program ends with ${depth} elements on the stack.`,
        {
          details: 'At most 16 can be outputs.',
          advice: 'Drop what is not an output before the program ends.',
        },
      );
    }
  }

  /** Source of what runs now. */
  #span(): SourceSpan | undefined {
    const running = this.#running;
    if (running === null) return undefined;
    const { node } = running;
    return (node.kind === 'block' ? node.spans?.[this.state.at] : undefined) ?? node.span;
  }

  #tick(): void {
    if (++this.state.clk > this.#limits.maxCycles) {
      throw new ExecutionError(
        'cycle-limit',
        `The program takes more than ${this.#limits.maxCycles} cycles.`,
        {
          advice: 'Raise the limit if the program is meant to run that long.',
        },
      );
    }
  }

  #runBlock(block: RunBlock): void {
    const { state } = this;
    const { stack } = state;
    const core = this.#core;
    const parent = this.#address;
    const { ops, batchStarts } = block;
    const batches = batchStarts.length - 1;
    this.#running = block;
    state.at = 0;
    state.immediates = block.immediates;
    let address = 0;
    if (core !== null) {
      address = this.#recorder!.basicBlock(block.key, block.groups, block.groupCount);
      core.batch(stack, Op.SPAN, block, 0, parent);
    }
    this.#tick();
    for (let batch = 0; batch < batches; batch++) {
      if (batch > 0) {
        core?.batch(stack, Op.RESPAN, block, batch, address);
        address++;
        this.#tick();
      }
      const end = batchStarts[batch + 1];
      for (let i = batchStarts[batch]; i < end; i++) {
        state.at = i;
        core?.operation(stack, block, i, address, parent);
        OPERATIONS[ops[i]](state);
        if (state.helped) this.#recordHelpers();
        this.#tick();
      }
    }
    core?.control(stack, Op.END, address, block.digest, 0, 4);
    core?.tail(this.#insideLoop(), 0, 0);
    this.#tick();
  }

  #recordHelpers(): void {
    const { state } = this;
    state.helped = false;
    if (this.#core === null) return;
    this.#core.helpers(state.helpers);
    state.helpers.fill(0);
  }

  /** 1 where the innermost open node is a loop. */
  #insideLoop(): number {
    const { length } = this.#frames;
    return length > 0 && this.#frames[length - 1].node.opcode === Op.LOOP ? 1 : 0;
  }

  /** A node has ended: ends the nodes that end with it. Returns what to enter next, `null` after the whole program. */
  #afterChild(): RunNode | null {
    for (;;) {
      const { length } = this.#frames;
      if (length === 0) return null;
      const frame = this.#frames[length - 1];
      const { next } = frame;
      if (next !== null) {
        frame.next = null;
        return next;
      }
      this.#running = frame.node;
      if (frame.node.opcode === Op.LOOP && this.#repeat(frame)) return this.#nodes.child(frame.node, 0);
      this.#leave(frame);
    }
  }

  /** Starts a control node; returns its first child. */
  #enter(node: RunControl): RunNode {
    this.#running = node;
    if (this.#frames.length >= this.#limits.maxNesting) {
      throw new ExecutionError('nesting-limit', `Nodes may be nested ${this.#limits.maxNesting} deep.`);
    }
    switch (node.opcode) {
      case Op.JOIN:
        this.#open(node, this.#nodes.child(node, 1));
        return this.#nodes.child(node, 0);
      case Op.LOOP:
        this.#open(node, null);
        return this.#nodes.child(node, 0);
      case Op.SPLIT: {
        const condition = elementAt(this.state, 0);
        if (condition > 1n) failBinary(condition, 'An if');
        this.#open(node, null);
        return this.#nodes.child(node, condition === 1n ? 0 : 1);
      }
      case Op.DYN:
      case Op.DYNCALL:
        return this.#openDynamic(node);
      default:
        return this.#openCall(node);
    }
  }

  /** The row at which a node starts, and its frame. SPLIT drops its condition. */
  #open(node: RunControl, next: RunNode | null): void {
    const { stack, clk } = this.state;
    this.#core?.control(stack, node.opcode, this.#address, node.lanes, 0, 8);
    if (node.opcode === Op.SPLIT) stack.drop();
    this.#pushFrame(node, next, clk);
    this.#tick();
  }

  #pushFrame(node: RunControl, next: RunNode | null, startRow: number): void {
    const address = this.#recorder?.controlBlock(node.key, node.opcode, node.lanes) ?? 0;
    this.#frames.push({ node, address, parent: this.#address, next, startRow, iterations: 1 });
    this.#address = address;
  }

  /** CALL and SYSCALL. */
  #openCall(node: RunControl): RunNode {
    const { state } = this;
    const isSyscall = node.opcode === Op.SYSCALL;
    if (isSyscall && node.procedure < 0) {
      throw new ExecutionError('syscall-target', 'A syscall may only call procedures of the kernel.', {
        details: `[${lanesToWord(node.lanes, 0).join(', ')}] is none of them.`,
        advice: 'Run the program with the kernel it was assembled for.',
      });
    }
    this.#core?.control(state.stack, node.opcode, this.#address, node.lanes, 0, 8);
    this.#pushFrame(node, null, 0);
    if (isSyscall) {
      this.#recorder?.kernelCall(node.procedure);
      this.#enterContext(0, state.fnHash);
    } else {
      this.#enterNewContext(node.lanes.slice(0, 8));
    }
    this.#tick();
    return this.#nodes.child(node, 0);
  }

  /** DYN and DYNCALL: the callee's digest is the word at the address on top of the stack, which is dropped. */
  #openDynamic(node: RunControl): RunNode {
    const { state } = this;
    const { stack } = state;
    const isCall = node.opcode === Op.DYNCALL;
    const at = readWord(state, addressAt(state, 0));
    const digest = state.memory.lanes.slice(at, at + 8);
    const callee = this.#nodes.dynamic(node, lanesToWord(digest, 0));
    this.#core?.control(stack, node.opcode, this.#address, digest, 0, 4);
    // The caller's frame goes to the block stack as it is after the drop, which the next row no longer shows.
    if (isCall) this.#core?.tail(Math.max(stack.depth - 1, VISIBLE), stack.overflowAddressBelow, 0);
    stack.drop();
    this.#pushFrame(node, null, 0);
    if (isCall) this.#enterNewContext(digest);
    this.#tick();
    return callee;
  }

  #enterContext(ctx: number, fnHash: Uint32Array): void {
    const { state } = this;
    this.#callers.push({ ctx: state.ctx, fnHash: state.fnHash });
    state.stack.enter();
    state.ctx = ctx;
    state.fnHash = fnHash;
    this.#core?.system(ctx, fnHash);
  }

  #enterNewContext(fnHash: Uint32Array): void {
    const { state } = this;
    this.#enterContext(state.clk + 1, fnHash);
    writeElement(state, state.ctx, FRAME_POINTER_ADDRESS, FRAME_POINTER_START, 0);
  }

  /** The body of a loop ended: whether it runs again. The condition is dropped. */
  #repeat(frame: Frame): boolean {
    const { state } = this;
    const condition = elementAt(state, 0);
    if (condition > 1n) failBinary(condition, 'A loop');
    if (condition === 0n) return false;
    this.#core?.control(state.stack, Op.REPEAT, frame.address, frame.node.lanes, 0, 4);
    this.#core?.tail(1, 0, 0);
    state.stack.drop();
    frame.iterations++;
    this.#tick();
    return true;
  }

  /** The END of a control node. */
  #leave(frame: Frame): void {
    const { state } = this;
    const { node } = frame;
    const isLoop = node.opcode === Op.LOOP;
    const isCall = node.opcode === Op.CALL || node.opcode === Op.SYSCALL || node.opcode === Op.DYNCALL;
    this.#frames.pop();
    this.#core?.control(state.stack, Op.END, frame.address, node.lanes, 16, 4);
    this.#core?.tail(this.#insideLoop(), isLoop ? 1 : 0, isCall ? 1 : 0);
    if (isLoop) {
      this.#core?.loopCount(frame.startRow, frame.iterations);
      state.stack.drop();
    }
    if (isCall) {
      const caller = this.#callers.pop()!;
      state.stack.leave();
      state.ctx = caller.ctx;
      state.fnHash = caller.fnHash;
      this.#core?.system(caller.ctx, caller.fnHash);
    }
    this.#address = frame.parent;
    this.#tick();
  }
}
