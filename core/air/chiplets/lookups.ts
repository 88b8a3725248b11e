import { initWord } from '../../hash/eidos.ts';
import {
  ACE,
  AEAD_HIGH_SECOND,
  AEAD_LOW_SECOND,
  AEAD_READ,
  BITWISE,
  CHIPLETS,
  KERNEL_ROM,
  MEMORY,
} from '../../vm/trace/layout.ts';
import type { Expr, ExprGraph } from '../expr.ts';
import {
  type Batch,
  Bus,
  encode,
  encodeFields,
  type Group,
  lookupColumn,
  type NamedLookup,
} from '../lookup.ts';
import { packBytes, type Row, xorFromAnd } from '../row.ts';
import { AEAD_BYTES, aeadLimbs } from './aead.ts';
import { type ControllerRow, controllerRow, nodeOf } from './controller.ts';
import { elementSelectors } from './memory.ts';
import type { ChipletFlags } from './selectors.ts';

interface Context {
  readonly graph: ExprGraph;
  readonly row: Row;
  readonly next: Row;
  readonly flags: ChipletFlags;
  readonly phases: readonly Expr[];
}

/**
 * The four lookup columns of the Chiplets trace. The chiplets exclude one another, so each column is one group.
 *
 * Source: miden-air 1.0.0-rc.0, src/constraints/lookup/buses/{chiplet_responses,hash_kernel,wiring,hasher_returns}.rs
 * and src/constraints/lookup/operations/{merkle,aead_stream}.rs.
 */
export function chipletLookups(context: Context): NamedLookup[] {
  const { graph } = context;
  const c = controllerRow(context.row);
  return [
    lookupColumn(graph, 'responses', (column) => column.group((group) => responses(group, context, c))),
    lookupColumn(graph, 'requests', (column) => column.group((group) => requests(group, context, c))),
    lookupColumn(graph, 'wiring', (column) => column.group((group) => wiring(group, context, c))),
    lookupColumn(graph, 'returns', (column) => column.group((group) => returns(group, context, c))),
  ];
}

/** The flag of phase `phase` of an AEAD stream. */
const aeadPhase = ({ flags, phases }: Context, phase: number): Expr => flags.aead.mul(phases[phase]);

/** Answers to the Core trace's requests, and the byte checks of AEAD streams. */
function responses(group: Group, context: Context, c: ControllerRow): void {
  const { graph, row, flags } = context;
  const addr = row.at(CHIPLETS.clk);
  const isHash = flags.controller.mul(c.merkleOrPadding.not());
  group.add(isHash.mul(c.s0), encode(graph, Bus.LinearHashInit, [addr, 0, ...c.block, ...c.tail]));
  group.add(isHash.mul(c.s0.not()), encode(graph, Bus.Absorption, [addr, 0, ...c.block]));

  const starts = [
    [Bus.MerkleVerifyInit, c.s1.not(), c.s2],
    [Bus.MerkleOldInit, c.s1, c.s2.not()],
    [Bus.MerkleNewInit, c.s1, c.s2],
  ] as const;
  const merkleStart = c.merkle.mul(c.isStart);
  for (const [bus, s1, s2] of starts) {
    group.add(merkleStart.mul(s1).mul(s2), encode(graph, bus, [addr, c.nodeIndex, c.bit, ...nodeOf(c)]));
  }

  const op = row.at(BITWISE.op);
  const [a, b, and] = [BITWISE.a, BITWISE.b, BITWISE.and].map((first) => packBytes(row.range(first, 4)));
  const result = and.add(op.mul(xorFromAnd(a, b, and).sub(and)));
  group.add(flags.bitwise, encode(graph, Bus.Bitwise, [op, a, b, result]));

  for (let phase = 0; phase < 8; phase++) {
    group.batch(aeadPhase(context, phase), (batch) => byteChecks(batch, graph, row, AEAD_BYTES[phase % 4]));
  }

  group.add(flags.memory.active, memoryResponse(graph, row));

  const numEval = row.at(ACE.numEval).add(1);
  const numRead = row.at(ACE.id0).add(1).sub(numEval);
  const aceInit = [row.at(ACE.clk), row.at(ACE.ctx), row.at(ACE.ptr), numRead, numEval];
  group.add(flags.ace.active.mul(row.at(ACE.sStart)), encode(graph, Bus.AceInit, aceInit));

  // The removal is matched from outside, by the kernel that the proof is about.
  const digest = row.range(KERNEL_ROM.digest, 4);
  group.batch(flags.kernelRom, (batch) => {
    batch.remove(encode(graph, Bus.KernelRomInit, digest));
    batch.insert(row.at(KERNEL_ROM.multiplicity), encode(graph, Bus.KernelRomCall, digest));
  });
}

/** Four byte pairs and their ANDs, from `first` on: four of a, four of b, four of a & b. */
function byteChecks(batch: Batch, graph: ExprGraph, row: Row, first: number): void {
  for (let i = 0; i < 4; i++) {
    const [a, b, and] = [row.at(first + i), row.at(first + 4 + i), row.at(first + 8 + i)];
    batch.remove(encode(graph, Bus.And8, [a, b, xorFromAnd(a, b, and)]));
  }
}

/** A memory row's message; flags choose among four buses and two payloads, to keep the degree low. */
function memoryResponse(graph: ExprGraph, row: Row): Expr {
  const [isRead, isWord] = [row.at(MEMORY.isRead), row.at(MEMORY.isWord)];
  const choose = (read: Bus, write: Bus): Expr =>
    graph.busPrefix(read).mul(isRead).add(graph.busPrefix(write).mul(isRead.not()));
  const word = row.range(MEMORY.value, 4);
  const element = elementSelectors(row)
    .map((selected, i) => selected.mul(word[i]))
    .reduce((sum, term) => sum.add(term));
  const addr = row.at(MEMORY.wordAddr).add(row.at(MEMORY.idx1).mul(2)).add(row.at(MEMORY.idx0));
  const ofElement = choose(Bus.MemReadElement, Bus.MemWriteElement).add(encodeFields(graph, [element], 3));
  const ofWord = choose(Bus.MemReadWord, Bus.MemWriteWord).add(encodeFields(graph, word, 3));
  return ofElement
    .mul(isWord.not())
    .add(ofWord.mul(isWord))
    .add(encodeFields(graph, [row.at(MEMORY.ctx), addr, row.at(MEMORY.clk)]));
}

/** What the chiplets themselves ask for: Merkle siblings, memory, bytes and ranges. */
function requests(group: Group, context: Context, c: ControllerRow): void {
  const { graph, row, flags } = context;

  // An update's old path adds each sibling, its new path takes it away: both used the same.
  const update = flags.controller.mul(c.s0).mul(c.s1);
  const position = [c.level, c.mrupdateId, c.nodeIndex];
  const siblingIn = (half: 'low' | 'high'): Expr =>
    half === 'high'
      ? encode(graph, Bus.Sibling, [...position, 0, 0, 0, 0, ...c.block.slice(4)])
      : encode(graph, Bus.Sibling, [...position, ...c.block.slice(0, 4)]);
  const [isOld, isNew] = [update.mul(c.s2.not()), update.mul(c.s2)];
  group.add(isOld.mul(c.bit.not()), siblingIn('high'));
  group.add(isOld.mul(c.bit), siblingIn('low'));
  group.remove(isNew.mul(c.bit.not()), siblingIn('high'));
  group.remove(isNew.mul(c.bit), siblingIn('low'));

  const isEval = row.at(ACE.sBlock);
  const ace = [row.at(ACE.ctx), row.at(ACE.ptr), row.at(ACE.clk)];
  const wires = [...row.range(ACE.v0, 2), ...row.range(ACE.v1, 2)];
  group.remove(flags.ace.active.mul(isEval.not()), encode(graph, Bus.MemReadWord, [...ace, ...wires]));
  const instruction = row
    .at(ACE.id1)
    .add(row.at(ACE.id2).mul(2 ** 30))
    .add(
      row
        .at(ACE.evalOp)
        .add(1)
        .mul(2 ** 60),
    );
  group.remove(flags.ace.active.mul(isEval), encode(graph, Bus.MemReadElement, [...ace, instruction]));

  const aeadRead = [AEAD_READ.ctx, AEAD_READ.srcPtr, AEAD_READ.clk].map((column) => row.at(column));
  const plaintext = row.range(AEAD_READ.plaintext, 4);
  for (const phase of [0, 4]) {
    group.remove(aeadPhase(context, phase), encode(graph, Bus.MemReadWord, [...aeadRead, ...plaintext]));
  }
  const aeadWrite = [AEAD_HIGH_SECOND.ctx, AEAD_HIGH_SECOND.dstPtr, AEAD_HIGH_SECOND.clk].map((column) =>
    row.at(column),
  );
  const ciphertext = [...row.range(AEAD_HIGH_SECOND.cPrev0, 3), aeadLimbs(row, 3).cipher];
  for (const phase of [3, 7]) {
    group.remove(aeadPhase(context, phase), encode(graph, Bus.MemWriteWord, [...aeadWrite, ...ciphertext]));
  }

  group.batch(flags.bitwise, (batch) => byteChecks(batch, graph, row, BITWISE.a));

  // 4 w1 < 2^16 bounds the word address to 32 bits.
  const high = row.at(MEMORY.wordAddrHigh);
  const limbs = [
    row.at(MEMORY.deltaLow),
    row.at(MEMORY.deltaHigh),
    row.at(MEMORY.wordAddrLow),
    high,
    high.mul(4),
  ];
  group.batch(flags.memory.active, (batch) => {
    for (const limb of limbs) batch.remove(encode(graph, Bus.RangeCheck, [limb]));
  });
}

/** Wires of arithmetic circuits, links to the Eidos trace, and the traffic of AEAD streams. */
function wiring(group: Group, context: Context, c: ControllerRow): void {
  const { graph, row, next, flags } = context;

  // READ rows give two wires; EVAL rows give one and use two. One batch for both keeps the degree low.
  const isEval = row.at(ACE.sBlock);
  const wire = (id: number, value: number): Expr =>
    encode(graph, Bus.AceWiring, [row.at(ACE.clk), row.at(ACE.ctx), row.at(id), ...row.range(value, 2)]);
  group.batch(flags.ace.active, (batch) => {
    batch.insert(row.at(ACE.m0), wire(ACE.id0, ACE.v0));
    batch.insert(isEval.not().mul(row.at(ACE.m1)).sub(isEval), wire(ACE.id1, ACE.v1));
    batch.insert(isEval.neg(), wire(ACE.id2, ACE.v2));
  });

  group.add(
    flags.controller.mul(c.merkleOrPadding.not()),
    encode(graph, Bus.CompressionLink, [...c.block, ...c.tail, ...c.cvOut]),
  );
  const merkleCv = initWord(0);
  group.add(
    flags.controller.mul(c.merkle),
    encode(graph, Bus.CompressionLink, [...c.block, ...merkleCv, ...c.tail]),
  );

  const pair = (kind: 0 | 2, laneOffset: number): Expr => {
    const [clk, laneBase] =
      kind === 0 ? [AEAD_READ.clk, AEAD_READ.laneBase] : [AEAD_LOW_SECOND.clk, AEAD_LOW_SECOND.laneBase];
    const [key0, key1] = [aeadLimbs(row, kind).key, aeadLimbs(next, kind + 1).key];
    return encode(graph, Bus.AeadOutputPair, [row.at(clk), row.at(laneBase).add(laneOffset), key0, key1]);
  };
  const request = (offset: number): Expr =>
    encode(graph, Bus.AeadRequest, [
      row.at(AEAD_LOW_SECOND.ctx),
      row.at(AEAD_LOW_SECOND.clk),
      row.at(AEAD_LOW_SECOND.srcPtr),
      row.at(AEAD_LOW_SECOND.dstPtr).sub(offset),
      row.at(AEAD_LOW_SECOND.laneBase).sub(offset),
    ]);
  group.add(aeadPhase(context, 0), pair(0, 0));
  group.add(aeadPhase(context, 4), pair(0, 0));
  for (const [phase, offset] of [
    [2, 0],
    [6, 4],
  ]) {
    group.batch(aeadPhase(context, phase), (batch) => {
      batch.add(pair(2, 2));
      batch.add(request(offset));
    });
  }
}

/** Results of the controller's operations. */
function returns(group: Group, { graph, row, flags }: Context, c: ControllerRow): void {
  const addr = row.at(CHIPLETS.clk);
  const isHash = flags.controller.mul(c.merkleOrPadding.not());
  group.add(isHash.mul(c.opFinal), encode(graph, Bus.ReturnHash, [addr, 0, ...c.cvOut]));
  group.add(c.merkle.mul(c.opFinal), encode(graph, Bus.ReturnHash, [addr, 0, ...c.tail]));
}
