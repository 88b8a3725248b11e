import type { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { EMPTY_WORD, type Word, wordKey } from '../../hash/word.ts';
import { readForestFrom, writeForestTo } from '../../vm/mast/format.ts';
import { definedProcedures, pruneForests } from '../../vm/mast/prune.ts';
import type { MastForest } from '../../vm/mast/types.ts';
import { commitList, commitPair } from '../commit.ts';
import { ProtocolDomain } from '../domains.ts';
import { ProtocolError } from '../errors.ts';
import { Limit } from '../limits.ts';

/** The procedure that a note runs when it is consumed. */
export interface NoteScript {
  readonly root: Word;
  /** Code that has the root; more where the script calls libraries. */
  readonly forests: readonly MastForest[];
}

const MAX_FORESTS = 16;
const MIN_FOREST_BYTES = 16;

export function writeScript({ root, forests }: NoteScript, writer: ByteWriter): void {
  writer.word(root).vint(forests.length);
  for (const forest of forests) writeForestTo(forest, writer);
}
export function readScript(reader: ByteReader): NoteScript {
  const root = reader.word();
  const forests = Array.from({ length: reader.count(MIN_FOREST_BYTES, MAX_FORESTS) }, () =>
    readForestFrom(reader),
  );
  if (!forests.some((forest) => definedProcedures(forest).has(wordKey(root))))
    reader.fail('the code of the script is missing');
  return { root, forests };
}

/** Commitment to a note's storage; the empty word if it has none. */
export const noteStorageCommitment = (storage: readonly Felt[]): Word =>
  commitList(ProtocolDomain.NOTE_STORAGE, storage);

/** The digest that says who can consume a note, from the parts that are committed to one after the other. */
export function recipientDigest(serial: Word, scriptRoot: Word, storageCommitment: Word): Word {
  const ofSerial = commitPair(ProtocolDomain.NOTE_SERIAL, serial, EMPTY_WORD);
  const withScript = commitPair(ProtocolDomain.NOTE_SERIAL_SCRIPT, ofSerial, scriptRoot);
  return commitPair(ProtocolDomain.NOTE_RECIPIENT, withScript, storageCommitment);
}

/** Serial number, script and storage: who can consume a note and what happens then. */
export class NoteRecipient {
  /** Random, and secret for a private note: two notes alike but for it are two notes. */
  readonly serial: Word;
  readonly script: NoteScript;
  readonly storage: readonly Felt[];

  /** Throws `note` if the storage is too long. */
  constructor(serial: Word, script: NoteScript, storage: readonly Felt[] = []) {
    if (storage.length > Limit.NOTE_STORAGE_ITEMS) {
      throw new ProtocolError('note', `A note stores at most ${Limit.NOTE_STORAGE_ITEMS} elements.`, {
        details: `${storage.length} elements`,
      });
    }
    this.serial = serial;
    this.script = script;
    this.storage = storage;
  }

  get storageCommitment(): Word {
    return noteStorageCommitment(this.storage);
  }
  get digest(): Word {
    return recipientDigest(this.serial, this.script.root, this.storageCommitment);
  }

  /** The same with no code but what the script needs: what is published, where every byte counts. */
  pruned(): NoteRecipient {
    const { root, forests } = this.script;
    return new NoteRecipient(this.serial, { root, forests: pruneForests(forests, [root]) }, this.storage);
  }

  write(writer: ByteWriter): void {
    writer.word(this.serial);
    writeScript(this.script, writer);
    writer.vint(this.storage.length);
    for (const item of this.storage) writer.felt(item);
  }
  static read(reader: ByteReader): NoteRecipient {
    const serial = reader.word();
    const script = readScript(reader);
    const count = reader.count(8, Limit.NOTE_STORAGE_ITEMS);
    return new NoteRecipient(
      serial,
      script,
      Array.from({ length: count }, () => reader.felt()),
    );
  }
}
