/** Compute kernels as text, composed from small pieces. No imports from the rest: any host can load this folder. */

type Access = 'read' | 'write';

/** A storage buffer of a kernel; `write` means read and write. */
export interface KernelBuffer {
  readonly name: string;
  readonly access: Access;
  /** Element type; the buffer is a run-time sized array of it. */
  readonly element: 'vec2<u32>' | 'vec4<u32>' | 'u32' | 'atomic<u32>';
}

export interface Kernel {
  readonly name: string;
  /** Threads of a workgroup. */
  readonly workgroup: number;
  /**
   * u32 fields of the uniform `P`, after `first` (number of the first workgroup). `name:2` is a field element,
   * `name:4` an extension element: functions of that name return them.
   */
  readonly params: readonly string[];
  readonly buffers: readonly KernelBuffer[];
  /** Library pieces, then `fn main(group: u32, local: u32)`. */
  readonly code: readonly string[];
}

export const reads = (name: string, element: KernelBuffer['element'] = 'vec2<u32>'): KernelBuffer => ({
  name,
  access: 'read',
  element,
});
export const writes = (name: string, element: KernelBuffer['element'] = 'vec2<u32>'): KernelBuffer => ({
  name,
  access: 'write',
  element,
});

/** Words of each parameter, by name. */
export function paramWidths(kernel: Kernel): [name: string, words: number][] {
  return kernel.params.map((param) => {
    const [name, words = '1'] = param.split(':');
    return [name, Number(words)];
  });
}

/** The complete module; its entry point is `entry`. Binding 0 is `P`, then the buffers in order. */
export function moduleSource(kernel: Kernel): string {
  const fields = ['first: u32'];
  const accessors: string[] = [];
  for (const [name, words] of paramWidths(kernel)) {
    if (words === 1) {
      fields.push(`${name}: u32`);
      continue;
    }
    const parts = Array.from({ length: words }, (_, i) => `${name}_${i}`);
    fields.push(...parts.map((part) => `${part}: u32`));
    const type = `vec${words}<u32>`;
    accessors.push(`fn ${name}() -> ${type} { return ${type}(${parts.map((p) => `P.${p}`).join(', ')}); }`);
  }
  return [
    `struct Params { ${fields.join(', ')} }`,
    '@group(0) @binding(0) var<uniform> P: Params;',
    ...kernel.buffers.map(
      ({ name, access, element }, i) =>
        `@group(0) @binding(${i + 1}) var<storage, ${access === 'read' ? 'read' : 'read_write'}> ${name}: array<${element}>;`,
    ),
    ...accessors,
    ...kernel.code,
    `@compute @workgroup_size(${kernel.workgroup})`,
    'fn entry(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {',
    '  main(P.first + group.x, local);',
    '}',
    '',
  ].join('\n');
}
