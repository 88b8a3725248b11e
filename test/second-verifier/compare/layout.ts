import type { Shape } from '../shape.ts';

/** A stretch of a proof's field elements that mean one thing. */
export interface Region {
  readonly name: string;
  readonly from: number;
  readonly length: number;
}

const TREES = ['quotient', 'aux', 'main', 'fixed'];

/** Where everything stands among the field elements of a proof that was queried at `indices`. */
export function layout(shape: Shape, sums: number, indices: readonly number[]): Region[] {
  const regions: Region[] = [];
  let from = 0;
  const region = (name: string, length: number) => {
    regions.push({ name, from, length });
    from += length;
  };
  const named = shape.trees.map((tree, i) => ({ ...tree, name: TREES[shape.trees.length - 1 - i] }));
  const sum = (widths: readonly number[]) => widths.reduce((a, b) => a + b, 0);
  if (sums > 0) region('sums', 2 * sums);
  for (const point of ['z', 'z h'])
    for (const { name, widths } of named) region(`${name} at ${point}`, 2 * sum(widths));
  region('work before DEEP', 1);
  for (let round = 0; round < shape.rounds; round++) region(`work of round ${round}`, 1);
  region('final polynomial', 2 * shape.finalLength);
  region('work before queries', 1);
  const leaves = (depth: number) => new Set(indices.map((i) => i % 2 ** depth)).size;
  for (const { name, depth, sent, salt } of named) {
    for (let leaf = 0; leaf < leaves(depth); leaf++) {
      region(`${name} row ${leaf}`, sum(sent));
      if (salt > 0) region(`${name} salt ${leaf}`, salt);
    }
  }
  for (let round = 0; round < shape.rounds; round++) {
    const rows = leaves(shape.logDomain - 2 * (round + 1));
    for (let row = 0; row < rows; row++) region(`round ${round} row ${row}`, 8);
  }
  return regions;
}
