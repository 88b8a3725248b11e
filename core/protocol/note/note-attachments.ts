import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Word } from '../../hash/word.ts';
import { commit, commitList } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';
import { checked } from '../reading.ts';

/** Public data of a note: a scheme that says how to read it, and words. */
export interface NoteAttachment {
  /** 1: none in particular; 2 to 65,534: a type. */
  readonly scheme: number;
  readonly words: readonly Word[];
}

const MAX_SCHEME = 65_534;

const attachmentCommitment = ({ words }: NoteAttachment): Word =>
  commit(ProtocolDomain.NOTE_ATTACHMENT, words.flat());

/** A note's attachments, at most four. */
export class NoteAttachments {
  readonly list: readonly NoteAttachment[];

  /** Throws `note`. */
  constructor(list: readonly NoteAttachment[] = []) {
    const refuse = (details: string): never => {
      throw new ProtocolError('note', 'A note cannot have these attachments.', { details });
    };
    if (list.length > Limit.NOTE_ATTACHMENTS)
      refuse(`${list.length} attachments, ${Limit.NOTE_ATTACHMENTS} at most`);
    for (const { scheme, words } of list) {
      if (!(Number.isInteger(scheme) && scheme >= 1 && scheme <= MAX_SCHEME)) refuse(`scheme ${scheme}`);
      if (words.length < 1 || words.length > Limit.NOTE_ATTACHMENT_WORDS)
        refuse(`${words.length} words, 1 to ${Limit.NOTE_ATTACHMENT_WORDS} can be`);
    }
    const total = list.reduce((sum, { words }) => sum + words.length, 0);
    if (total > Limit.NOTE_ATTACHMENT_WORDS_TOTAL)
      refuse(`${total} words in all, ${Limit.NOTE_ATTACHMENT_WORDS_TOTAL} at most`);
    this.list = list;
  }

  /** The empty word if there are none. */
  get commitment(): Word {
    return commitList(ProtocolDomain.NOTE_ATTACHMENTS, this.list.flatMap(attachmentCommitment));
  }
  /** The four schemes, 0 where there is no attachment. */
  get schemes(): readonly number[] {
    return Array.from({ length: Limit.NOTE_ATTACHMENTS }, (_, i) => this.list[i]?.scheme ?? 0);
  }

  write(writer: ByteWriter): void {
    writer.u8(this.list.length);
    for (const { scheme, words } of this.list) {
      // 1 to 256 words: the count in one byte is one less.
      writer.u16(scheme).u8(words.length - 1);
      for (const word of words) writer.word(word);
    }
  }
  static read(reader: ByteReader): NoteAttachments {
    const list = Array.from({ length: reader.u8() }, (): NoteAttachment => {
      const scheme = reader.u16();
      const count = reader.u8() + 1;
      if (32 * count > reader.remaining) reader.fail(`${count} words cannot fit into what is left`);
      return { scheme, words: Array.from({ length: count }, () => reader.word()) };
    });
    return checked(reader, () => new NoteAttachments(list), 'details');
  }
}
