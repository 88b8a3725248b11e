import { ByteReader, ByteWriter } from '../../bytes.ts';
import { EMPTY_WORD, type Word, wordsEqual } from '../../hash/word.ts';
import { ProtocolError } from '../errors.ts';
import { checked } from '../reading.ts';
import { BlockBody, type BlockContents } from './block-body.ts';
import { type BlockHeader, blockCommitment, readBlockHeader, writeBlockHeader } from './block-header.ts';
import type { ChainView } from './chain-view.ts';

const FORMAT = 1;

const refuse = (message: string, details = ''): never => {
  throw new ProtocolError('block', message, { details });
};

/**
 * A block: header and body, which agree. Whether it may come next is for {@link checkSuccessor}, whether its body is what its
 * batches make for {@link checkContents}. Its chain, account and nullifier roots are for the holder of the state to check.
 */
export class Block {
  readonly header: BlockHeader;
  readonly body: BlockBody;

  /** Throws `block`. */
  constructor(header: BlockHeader, body: BlockBody) {
    const { number, previous } = header;
    if (!wordsEqual(header.noteRoot, body.noteTree.root))
      refuse('A block names another note root than its own.');
    if (!wordsEqual(header.transactions, body.transactionsCommitment))
      refuse('A block names other transactions than its own.');
    if (number === 0) checkGenesis(previous, body);
    else {
      if (body.batches.some(({ transactions }) => transactions.length === 0))
        refuse('A batch has no transaction.');
      checkUpdates(body);
    }
    this.header = header;
    this.body = body;
  }

  get commitment(): Word {
    return blockCommitment(this.header);
  }

  /** Throws `block` if the body is not what these batches make. Proofs of their transactions are verified apart. */
  checkContents(contents: BlockContents, chain: ChainView): void {
    const made = BlockBody.of(this.header.number, contents, chain).toBytes();
    const own = this.body.toBytes();
    if (made.length !== own.length || made.some((byte, i) => byte !== own[i]))
      refuse('A block is not what its batches make.');
  }

  toBytes(): Uint8Array {
    const writer = new ByteWriter().u8(FORMAT);
    writeBlockHeader(this.header, writer);
    this.body.write(writer);
    return writer.finish();
  }
  /** Throws `FormatError`. */
  static fromBytes(bytes: Uint8Array): Block {
    const reader = new ByteReader(bytes, 'block');
    const format = reader.u8();
    if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
    const [header, body] = [readBlockHeader(reader), BlockBody.read(reader)];
    reader.end();
    return checked(reader, () => new Block(header, body));
  }
}

/** The first block makes accounts and notes out of nothing; a nullifier in it would count as none, its block number being zero. */
function checkGenesis(previous: Word, { batches, nullifiers, updates }: BlockBody): void {
  if (!wordsEqual(previous, EMPTY_WORD)) refuse('The first block names one before it.');
  if (batches.some(({ transactions }) => transactions.length > 0) || nullifiers.length > 0)
    refuse('The first block has transactions.');
  if (updates.some(({ initial }) => !wordsEqual(initial, EMPTY_WORD)))
    refuse('The first block changes an account that cannot be there.');
}

function checkUpdates(body: BlockBody): void {
  const expected = body.transactionUpdates;
  const same =
    expected.length === body.updates.length &&
    expected.every(({ id, initial, final }, i) => {
      const own = body.updates[i];
      return own.id.equals(id) && wordsEqual(own.initial, initial) && wordsEqual(own.final, final);
    });
  if (!same) refuse('A block changes accounts otherwise than its transactions do.');
}

/** Throws `block` if `header` does not come right after `parent`. */
export function checkSuccessor(header: BlockHeader, parent: BlockHeader): void {
  if (header.number !== parent.number + 1)
    refuse('A block does not have the number after its parent.', `${header.number} after ${parent.number}`);
  if (!wordsEqual(header.previous, blockCommitment(parent))) refuse('A block names another parent.');
  if (header.timestamp <= parent.timestamp)
    refuse('A block is not later than its parent.', `${header.timestamp} after ${parent.timestamp}`);
}
