import { Domain } from '../../../hash/domains.ts';
import { initWord } from '../../../hash/eidos.ts';
import { Op, type OpName } from '../../../vm/opcodes.ts';
import type { Expr, ExprGraph } from '../../expr.ts';
import { type Batch, Bus, type ColumnBuilder, encode, type Group, type Operand } from '../../lookup.ts';
import type { CoreWindow } from '../window.ts';
import { merkleRequests, rangeCheck } from './merkle.ts';

/** Where a context keeps its free memory pointer, and what it starts with (miden-core 1.0.0-rc.0, src/lib.rs). */
const FMP_ADDRESS = 0xffff_fffen;
const FMP_START = 1n << 31n;

const GROUPS_CV = initWord(Domain.GENERIC_FELT_SEQUENCE);
const DEFERRED_CV = initWord(Domain.DEFERRED_AND);

/**
 * Column 2: what operations ask of the chiplets, and U32DIV's last two limbs.
 * (miden-air 1.0.0-rc.0, src/constraints/lookup/buses/chiplet_requests.rs.)
 */
export function requestColumn(graph: ExprGraph, column: ColumnBuilder, window: CoreWindow): void {
  column.group((group) => {
    controlRequests(graph, group, window);
    hashRequests(graph, group, window);
    merkleRequests(graph, group, window);
    memoryRequests(graph, group, window);
    const { row, next, flags } = window;
    group.batch(flags.of('U32DIV'), (batch) => {
      batch.remove(rangeCheck(graph, row.helpers[4]));
      batch.remove(rangeCheck(graph, row.helpers[5]));
    });
    const bitwise = (op: number) =>
      encode(graph, Bus.Bitwise, [op, row.stack[0], row.stack[1], next.stack[0]]);
    group.remove(flags.of('U32AND'), bitwise(0));
    group.remove(flags.of('U32XOR'), bitwise(1));
    const circuit = [row.clk, row.ctx, ...row.stack.slice(0, 3)];
    group.remove(flags.of('EVALCIRCUIT'), encode(graph, Bus.AceInit, circuit));
    streamRequests(graph, group, window);
  });
}

/** One hash: input at the controller's row `addr`, digest at the same row. */
const hashStart = (graph: ExprGraph, addr: Expr, block: readonly Operand[], cv: readonly Operand[]) =>
  encode(graph, Bus.LinearHashInit, [addr, 0, ...block, ...cv]);
const hashEnd = (graph: ExprGraph, addr: Expr, digest: readonly Expr[]) =>
  encode(graph, Bus.ReturnHash, [addr, 0, ...digest]);

/** Control operations hash their node, and some read or write memory or call into the kernel. */
function controlRequests(graph: ExprGraph, group: Group, { row, next, flags }: CoreWindow): void {
  const digest = row.hasher.slice(0, 4);
  const node = (op: 'JOIN' | 'SPLIT' | 'LOOP' | 'CALL' | 'SYSCALL') =>
    hashStart(graph, next.addr, row.hasher, initWord(Op[op], 8));
  /** DYN and DYNCALL have no static children; their cells hold the callee instead. */
  const dynamicNode = (op: 'DYN' | 'DYNCALL') =>
    hashStart(graph, next.addr, new Array<number>(8).fill(0), initWord(Op[op], 8));
  const startFmp = encode(graph, Bus.MemWriteElement, [next.ctx, FMP_ADDRESS, row.clk, FMP_START]);
  const callee = encode(graph, Bus.MemReadWord, [row.ctx, row.stack[0], row.clk, ...digest]);

  for (const op of ['JOIN', 'SPLIT', 'LOOP'] as const) group.remove(flags.of(op), node(op));
  const groups = [GROUPS_CV[0], row.groupCount.add(GROUPS_CV[1]), GROUPS_CV[2], GROUPS_CV[3]];
  group.remove(flags.of('SPAN'), hashStart(graph, next.addr, row.hasher, groups));
  group.remove(flags.of('RESPAN'), encode(graph, Bus.Absorption, [next.addr, 0, ...row.hasher]));
  group.remove(flags.of('END'), hashEnd(graph, row.addr, digest));

  const all = (op: OpName, ...messages: Expr[]) =>
    group.batch(flags.of(op), (batch) => {
      for (const message of messages) batch.remove(message);
    });
  all('CALL', node('CALL'), startFmp);
  all('SYSCALL', node('SYSCALL'), encode(graph, Bus.KernelRomCall, digest));
  all('DYN', dynamicNode('DYN'), callee);
  all('DYNCALL', dynamicNode('DYNCALL'), callee, startFmp);
}

function hashRequests(graph: ExprGraph, group: Group, { row, next, flags }: CoreWindow): void {
  const addr = row.helpers[0];
  group.batch(flags.of('COMPRESS'), (batch) => {
    batch.remove(hashStart(graph, addr, row.stack.slice(0, 8), row.stack.slice(8, 12)));
    batch.remove(hashEnd(graph, addr, next.stack.slice(8, 12)));
  });
  // The statement joins the root so far.
  const statement = [...row.helpers.slice(1, 5), ...row.stack.slice(0, 4)];
  group.batch(flags.of('LOGDEFERRED'), (batch) => {
    batch.remove(hashStart(graph, addr, statement, DEFERRED_CV));
    batch.remove(hashEnd(graph, addr, next.stack.slice(0, 4)));
  });
}

function memoryRequests(graph: ExprGraph, group: Group, { row, next, flags }: CoreWindow): void {
  const s = row.stack;
  const access = (bus: Bus, addr: Expr, ...values: Operand[]) =>
    encode(graph, bus, [row.ctx, addr, row.clk, ...values]);
  group.remove(flags.of('MLOAD'), access(Bus.MemReadElement, s[0], next.stack[0]));
  group.remove(flags.of('MSTORE'), access(Bus.MemWriteElement, s[0], s[1]));
  group.remove(flags.of('MLOADW'), access(Bus.MemReadWord, s[0], ...next.stack.slice(0, 4)));
  group.remove(flags.of('MSTOREW'), access(Bus.MemWriteWord, s[0], ...s.slice(1, 5)));

  const twoWords = (bus: Bus) => (batch: Batch) => {
    batch.remove(access(bus, s[12], ...next.stack.slice(0, 4)));
    batch.remove(access(bus, s[12].add(4), ...next.stack.slice(4, 8)));
  };
  group.batch(flags.of('MSTREAM'), twoWords(Bus.MemReadWord));
  group.batch(flags.of('PIPE'), twoWords(Bus.MemWriteWord));

  const alpha = access(Bus.MemReadWord, s[13], row.helpers[0], row.helpers[1], 0, 0);
  group.remove(flags.any('HORNERBASE', 'HORNEREXT'), alpha);
}

/**
 * CRYPTOSTREAM: one compression of [counter, 0 ..., key and nonce] and two streams of a word in and two words out; each
 * stream states its request twice (rows r2 and r6), hence -2.
 */
function streamRequests(graph: ExprGraph, group: Group, { row, flags }: CoreWindow): void {
  const [key, [counter, source, destination]] = [row.stack.slice(0, 4), row.stack.slice(4, 7)];
  group.batch(flags.of('CRYPTOSTREAM'), (batch) => {
    batch.add(encode(graph, Bus.AeadInput, [counter, 0, 0, 0, 0, 0, 0, 0, ...key, row.clk]));
    for (const half of [0, 1]) {
      const request = [row.ctx, row.clk, source.add(4 * half), destination.add(8 * half), 8 * half];
      batch.insert(graph.lift(-2), encode(graph, Bus.AeadRequest, request));
    }
  });
}
