import { TraceTooLongError } from '../errors.ts';
import { ACE, CHIPLET_SELECTORS } from '../layout.ts';
import { type ChipletRows, MAX_CHIPLET_ROWS } from './rows.ts';

interface Circuit {
  readonly ctx: number;
  readonly clk: number;
  readonly pointer: number;
  readonly numRead: number;
  readonly numEval: number;
  /** Four lanes of every wire, variables then gates. */
  readonly wires: Uint32Array;
  readonly instructions: Uint32Array;
}

/** An instruction is the left wire's number, the right wire's, 30 bits each, and the operation. */
const WIRE_MASK = 0x3fff_ffff;
const SUBTRACT = 0;

/**
 * EVALCIRCUIT: rows that read two variables each, then rows that evaluate one gate each (miden-processor 1.0.0-rc.0,
 * src/trace/chiplets/ace/trace.rs). Wires are numbered backwards: the last gate is 0.
 */
export class Circuits {
  readonly #circuits: Circuit[] = [];
  #rows = 0;

  get rowCount(): number {
    return this.#rows;
  }

  /** As `ChipletRecorder.circuit`. */
  add(
    ctx: number,
    clk: number,
    pointer: number,
    numRead: number,
    numEval: number,
    variables: Uint32Array,
    instructions: Uint32Array,
    values: Uint32Array,
  ): void {
    this.#rows += numRead / 2 + numEval;
    if (this.#rows > MAX_CHIPLET_ROWS)
      throw new TraceTooLongError('arithmetic circuit rows', MAX_CHIPLET_ROWS);
    const wires = new Uint32Array(4 * (numRead + numEval));
    wires.set(variables.subarray(0, 4 * numRead));
    wires.set(values.subarray(0, 4 * numEval), 4 * numRead);
    this.#circuits.push({
      ctx,
      clk,
      pointer,
      numRead,
      numEval,
      wires,
      instructions: instructions.slice(0, 2 * numEval),
    });
  }

  /** Fills the region from row `start`. */
  fill(out: ChipletRows, start: number): void {
    out.select(CHIPLET_SELECTORS.ace, start, start + this.#rows);
    let row = start;
    for (const circuit of this.#circuits) {
      fillCircuit(out, row, circuit);
      row += circuit.numRead / 2 + circuit.numEval;
    }
  }
}

function fillCircuit(out: ChipletRows, start: number, circuit: Circuit): void {
  const { ctx, clk, pointer, numRead, numEval, wires, instructions } = circuit;
  const last = numRead + numEval - 1;
  const firstGate = start + numRead / 2;
  const end = firstGate + numEval;
  const uses = new Uint32Array(last + 1);
  const wire = (idColumn: number, valueColumn: number, row: number, index: number): void => {
    out.set(idColumn, row, last - index);
    out.set(valueColumn, row, wires[4 * index], wires[4 * index + 1]);
    out.set(valueColumn + 1, row, wires[4 * index + 2], wires[4 * index + 3]);
  };
  for (let i = 0; i < numEval; i++) {
    const row = firstGate + i;
    const low = instructions[2 * i];
    const high = instructions[2 * i + 1];
    const left = last - (low & WIRE_MASK);
    const right = last - (((low >>> 30) | (high << 2)) & WIRE_MASK);
    const op = high >>> 28;
    uses[left]++;
    uses[right]++;
    out.set(ACE.sBlock, row, 1);
    out.set(ACE.ptr, row, pointer + 2 * numRead + i);
    if (op === SUBTRACT) out.set(ACE.evalOp, row, 0, 0xffff_ffff);
    else out.set(ACE.evalOp, row, op - 1);
    wire(ACE.id0, ACE.v0, row, numRead + i);
    wire(ACE.id1, ACE.v1, row, left);
    wire(ACE.id2, ACE.v2, row, right);
  }
  for (let row = start; row < firstGate; row++) {
    const index = 2 * (row - start);
    out.set(ACE.ptr, row, pointer + 2 * index);
    out.set(ACE.numEval, row, numEval - 1);
    wire(ACE.id0, ACE.v0, row, index);
    wire(ACE.id1, ACE.v1, row, index + 1);
    out.set(ACE.m0, row, uses[index]);
    out.set(ACE.m1, row, uses[index + 1]);
  }
  for (let i = 0; i < numEval; i++) out.set(ACE.m0, firstGate + i, uses[numRead + i]);
  for (let row = start; row < end; row++) {
    out.set(ACE.ctx, row, ctx);
    out.set(ACE.clk, row, clk);
  }
  out.set(ACE.sStart, start, 1);
}
