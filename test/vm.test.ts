import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blake3 } from '@noble/hashes/blake3.js';
import { readAdvice } from '../core/vm/advice/file.ts';
import { ExecutionError, type ExecutionErrorKind } from '../core/vm/errors.ts';
import { buildTraces, type Execution, execute } from '../core/vm/execute.ts';
import { CORE_LIBRARY_HOST } from '../core/vm/host/core-library.ts';
import { byteTableTrace } from '../core/vm/trace/byte-table.ts';
import { EIDOS_ROWS, EIDOS_WIDTH } from '../core/vm/trace/eidos-layout.ts';
import { fillEidosTrace } from '../core/vm/trace/eidos-trace.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';
import {
  buildCase,
  type ErrorCase,
  masm,
  type ProgramCase,
  skipReason,
  type TraceName,
} from './masm-vectors.ts';

const run = (each: ProgramCase | ErrorCase): Execution =>
  execute(
    buildCase(each),
    { stack: each.stackInputs.map(BigInt), advice: readAdvice(each.advice ?? {}) },
    { host: CORE_LIBRARY_HOST, ...('maxCycles' in each && { maxCycles: each.maxCycles }) },
  );

/** All four traces, the two that a backend fills on its own by the reference code. */
function allTraces(execution: Execution): Record<TraceName, TraceMatrix> {
  const { core, chiplets, eidos, byteCounts } = buildTraces(execution);
  const data = new BigUint64Array(EIDOS_WIDTH * eidos.height);
  fillEidosTrace(eidos, data, byteCounts);
  return {
    core,
    chiplets,
    eidos_compression: {
      width: EIDOS_WIDTH,
      height: eidos.height,
      rows: EIDOS_ROWS * eidos.count,
      data,
    },
    and8: byteTableTrace(byteCounts),
  };
}

function columnHashes({ width, height, data }: TraceMatrix): string[] {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: width }, (_, column) =>
    Buffer.from(blake3(bytes.subarray(8 * height * column, 8 * height * (column + 1)))).toString('hex'),
  );
}

for (const each of masm.programs) {
  test(`${each.name}: stack, cycles and every column of the four traces`, { skip: skipReason(each) }, () => {
    const execution = run(each);
    assert.deepEqual(execution.stack.map(String), each.result.stack);
    assert.equal(execution.cycles, each.result.cycles);
    for (const [name, trace] of Object.entries(allTraces(execution)) as [TraceName, TraceMatrix][]) {
      const { height, rows } = each.result.heights[name];
      assert.deepEqual({ height: trace.height, rows: trace.rows }, { height, rows }, name);
      const wrong = columnHashes(trace).flatMap((hash, c) =>
        hash === each.result.columns[name][c] ? [] : [c],
      );
      assert.deepEqual(wrong, [], `columns of ${name} that differ`);
    }
  });
}

/** Our names for the official errors. */
const KINDS: Readonly<Record<string, ExecutionErrorKind>> = {
  AceChipError: 'circuit',
  'AdviceError::MapKeyNotFound': 'advice-key-missing',
  'AdviceError::MerkleStoreLookupFailed::RootNotInStore': 'merkle-lookup',
  'AdviceError::StackReadFailed': 'advice-stack-empty',
  CycleLimitExceeded: 'cycle-limit',
  EventError: 'event-unknown',
  'MemoryError::AddressOutOfBounds': 'address-out-of-range',
  'MemoryError::IllegalMemoryAccess': 'memory-conflict',
  'MemoryError::UnalignedWordAccess': 'address-unaligned',
  'OperationError::DivideByZero': 'division-by-zero',
  'OperationError::FailedAssertion': 'assertion-failed',
  'OperationError::FriError': 'fri',
  'OperationError::InvalidHornerEvaluationPointWord': 'horner-point',
  'OperationError::InvalidStackDepthOnReturn': 'stack-depth-on-return',
  'OperationError::LogArgumentZero': 'log-of-zero',
  'OperationError::MerkleDepthOutOfRange': 'merkle-depth',
  'OperationError::MerklePathVerificationFailed': 'merkle-path-mismatch',
  'OperationError::NotBinaryValue': 'not-binary',
  'OperationError::NotU32Values': 'not-u32',
  OutputStackOverflow: 'stack-depth-at-end',
  ProcedureNotFound: 'procedure-not-found',
};

for (const each of masm.executionErrors) {
  test(`${each.name} stops with ${KINDS[each.kind]}, at a place in its source`, () => {
    assert.throws(
      () => run(each),
      (error) => {
        assert.ok(error instanceof ExecutionError);
        assert.equal(error.kind, KINDS[each.kind]);
        assert.ok(error.at?.span ?? each.kind === 'OutputStackOverflow', 'no place');
        return true;
      },
    );
  });
}
