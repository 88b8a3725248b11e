import { EMPTY_WORD } from '../../core/hash/word.ts';
import { Block } from '../../core/protocol/block/block.ts';
import { BlockBody, type BlockContents } from '../../core/protocol/block/block-body.ts';
import { blockCommitment } from '../../core/protocol/block/block-header.ts';
import type { State } from '../state/state.ts';

/**
 * The block that comes next if these batches are put into it; the state stays as it is. `timestamp`: seconds since 1970, at
 * least one more than the latest block's is taken. Throws `ProtocolError` of kind `block` for batches that make no block.
 */
export function makeBlock(state: State, contents: BlockContents, timestamp: number): Block {
  const { tip } = state;
  const number = tip.number + 1;
  const body = BlockBody.of(number, contents, state.view);
  return new Block(
    {
      number,
      timestamp: Math.max(timestamp, tip.timestamp + 1),
      previous: blockCommitment(tip),
      chain: state.chain.commitment(),
      ...state.preview(body),
      noteRoot: body.noteTree.root,
      transactions: body.transactionsCommitment,
      protocolConfig: tip.protocolConfig,
      validatorConfig: tip.validatorConfig,
      nextConfig: EMPTY_WORD,
      baseFee: tip.baseFee,
    },
    body,
  );
}
