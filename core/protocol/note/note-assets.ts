import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { type Word, wordKey } from '../../hash/word.ts';
import { Asset } from '../asset/asset.ts';
import { commitList } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';

/** What a note carries: up to 16 assets in the order in which they were put in, each id once. */
export class NoteAssets {
  readonly list: readonly Asset[];

  /** Throws `note`. */
  constructor(list: readonly Asset[] = []) {
    if (list.length > Limit.NOTE_ASSETS) {
      throw new ProtocolError('note', `A note carries at most ${Limit.NOTE_ASSETS} assets.`, {
        details: `${list.length} assets`,
      });
    }
    if (new Set(list.map((a) => wordKey(a.id.word))).size < list.length)
      throw new ProtocolError('note', 'A note lists an asset twice.');
    this.list = list;
  }

  /** The empty word if there are none. */
  get commitment(): Word {
    return commitList(
      ProtocolDomain.NOTE_ASSETS,
      this.list.flatMap((asset) => asset.elements),
    );
  }

  write(writer: ByteWriter): void {
    writer.u8(this.list.length);
    for (const asset of this.list) asset.write(writer);
  }
  static read(reader: ByteReader): NoteAssets {
    const count = reader.u8();
    if (count > Limit.NOTE_ASSETS) reader.fail(`${count} assets, ${Limit.NOTE_ASSETS} at most`);
    const list = Array.from({ length: count }, () => Asset.read(reader));
    return checked(reader, () => new NoteAssets(list));
  }
}
