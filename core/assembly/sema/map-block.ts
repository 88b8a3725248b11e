import type { Block, BlockItem, Instruction, Repeat } from '../ast.ts';

/** Replaces instructions and heads of `repeat`, everywhere in a block; what returns unchanged is shared. */
export interface BlockMap {
  instruction(instruction: Instruction): Instruction;
  repeat(repeat: Repeat): Repeat;
}

/** Applies a map to a block and all blocks in it (at most MAX_BLOCK_NESTING deep). */
export function mapBlock(block: Block, map: BlockMap): Block {
  let items: BlockItem[] | undefined;
  for (let i = 0; i < block.items.length; i++) {
    const item = mapItem(block.items[i], map);
    if (item === block.items[i]) continue;
    items ??= block.items.slice();
    items[i] = item;
  }
  return items ? { ...block, items } : block;
}

function mapItem(item: BlockItem, map: BlockMap): BlockItem {
  switch (item.kind) {
    case 'instruction':
      return map.instruction(item);
    case 'if': {
      const onTrue = mapBlock(item.onTrue, map);
      const onFalse = mapBlock(item.onFalse, map);
      return onTrue === item.onTrue && onFalse === item.onFalse ? item : { ...item, onTrue, onFalse };
    }
    case 'while': {
      const body = mapBlock(item.body, map);
      return body === item.body ? item : { ...item, body };
    }
    case 'do-while': {
      const body = mapBlock(item.body, map);
      const condition = mapBlock(item.condition, map);
      return body === item.body && condition === item.condition ? item : { ...item, body, condition };
    }
    case 'repeat': {
      const repeat = map.repeat(item);
      const body = mapBlock(item.body, map);
      return body === item.body ? repeat : { ...repeat, body };
    }
  }
}
