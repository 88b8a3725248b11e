import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blake3 } from '@noble/hashes/blake3.js';
import { ExecutionError, type ExecutionErrorKind } from '../core/vm/errors.ts';
import type { TraceMatrix } from '../core/vm/trace/types.ts';
import { masm, skipReason, type TraceName } from './masm-vectors.ts';
import { allTraces, run } from './traces.ts';

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
