import type { SourceSpan } from '../../vm/mast/types.ts';
import { type InvocationTarget, KERNEL_PATH, type Path, type Procedure } from '../ast.ts';
import { AssemblyError } from '../errors.ts';
import type { TargetName } from '../instructions.ts';
import { mapBlock } from './map-block.ts';
import { type Scope, wrongKind } from './scope.ts';

/** Looks up what each `exec`, `call`, `syscall` and `procref` of a procedure invokes. */
export function resolveInvocations(procedure: Procedure, scope: Scope): Procedure {
  const body = mapBlock(procedure.body, {
    instruction(instruction) {
      if (instruction.form !== 'target' || instruction.target.kind !== 'path') return instruction;
      const { path, span } = instruction.target;
      return { ...instruction, target: resolveTarget(instruction.name, path, span, procedure, scope) };
    },
    repeat: (repeat) => repeat,
  });
  return body === procedure.body ? procedure : { ...procedure, body };
}

function resolveTarget(
  instruction: TargetName,
  path: Path,
  span: SourceSpan,
  procedure: Procedure,
  scope: Scope,
): InvocationTarget {
  if (instruction === 'syscall') return { kind: 'path', path: kernelPath(path, span), span };
  const resolved = scope.resolve(path, span);
  if (resolved.kind === 'external') return { kind: 'path', path: resolved.path, span };
  const { name, symbol } = resolved;
  if (symbol.kind !== 'procedure') {
    throw wrongKind(`\`${name}\` is not a procedure`, 'a procedure', span, symbol.span);
  }
  if (name === procedure.name.text) {
    throw new AssemblyError('recursion', `\`${name}\` invokes itself`, {
      span,
      advice: 'a procedure cannot be recursive; use `while.true` or `repeat`',
    });
  }
  return { kind: 'local', name, span };
}

/** A syscall names a procedure of the kernel, without a path. */
function kernelPath(path: Path, span: SourceSpan): Path {
  if (path.absolute || path.segments.length !== 1) {
    throw new AssemblyError('invalid-invocation', '`syscall` takes no path', {
      span,
      expected: 'the name of a kernel procedure',
    });
  }
  return { absolute: true, segments: [...KERNEL_PATH.segments, path.segments[0]] };
}
