import { ByteReader, ByteWriter } from '../../bytes.ts';
import type { Felt } from '../../field/felt.ts';
import { compareWords, type Word, wordKey } from '../../hash/word.ts';
import { PartialMmr } from '../../merkle/partial-mmr.ts';
import { Account } from '../account/account.ts';
import { AccountCode } from '../account/account-code.ts';
import {
  MIN_FOREIGN_BYTES,
  type PortableForeignAccount,
  readForeignAccount,
  writeForeignAccount,
} from '../account/foreign-account.ts';
import { PartialAccount } from '../account/partial-account.ts';
import { readBlockHeader, writeBlockHeader } from '../block/block-header.ts';
import { readProtocolConfig, writeProtocolConfig } from '../block/protocol-config.ts';
import { Limit } from '../limits.ts';
import { NoteRecipient, readScript, writeScript } from '../note/note-recipient.ts';
import { readInputNote, writeInputNote } from '../transaction/note-lists.ts';
import type { NoteToConsume, TransactionInputs, TransactionScript } from './transaction-inputs.ts';

/** Inputs that can travel: nothing in them waits to be asked. */
export interface PortableInputs extends TransactionInputs<Account | PartialAccount> {
  readonly foreign?: readonly PortableForeignAccount[];
}

const FORMAT = 1;
/** An account's largest form and as much again. */
const MAX_BYTES = 2 ** 27;
const MIN_NOTE_BYTES = 64;
const MIN_RECIPIENT_BYTES = 64;
const MIN_ENTRY_BYTES = 33;

/** All that a transaction is executed from, but for what authenticates it. Tells the account's state and all notes. */
export function inputsToBytes(inputs: PortableInputs): Uint8Array {
  const {
    account,
    block,
    notes = [],
    script,
    authArgs,
    signatures,
    upgrade,
    chain,
    config,
    foreign = [],
    recipients = [],
  } = inputs;
  const writer = new ByteWriter().u8(FORMAT);
  const blob = (bytes: Uint8Array) => writer.vint(bytes.length).bytes(bytes);
  const optional = <T>(value: T | undefined, write: (value: T) => void) => {
    writer.bool(value !== undefined);
    if (value !== undefined) write(value);
  };
  writer.bool(account instanceof Account);
  if (account instanceof Account) blob(account.toBytes());
  else account.write(writer);
  writeBlockHeader(block, writer);
  writer.vint(notes.length);
  for (const note of notes) {
    writeInputNote(note, writer);
    optional(note.args, (args) => writer.word(args));
  }
  optional(script, (own) => {
    writeScript(own, writer);
    optional(own.args, (args) => writer.word(args));
    optional(own.map, (map) => writeMap(map, writer));
  });
  optional(authArgs, (args) => writer.word(args));
  optional(signatures, (map) => writeMap(map, writer));
  optional(upgrade, (code) => code.write(writer));
  optional(chain, (own) => blob(own.toBytes()));
  optional(config, (own) => writeProtocolConfig(own, writer));
  writer.vint(foreign.length);
  for (const account of foreign) writeForeignAccount(account, writer);
  writer.vint(recipients.length);
  for (const recipient of recipients) recipient.write(writer);
  return writer.finish();
}

/** Reads {@link inputsToBytes}' form. Throws `FormatError`. Whether the parts belong together shows when they are executed. */
export function inputsFromBytes(bytes: Uint8Array): PortableInputs {
  const reader = new ByteReader(bytes, 'transaction');
  if (bytes.length > MAX_BYTES) reader.fail(`it is longer than ${MAX_BYTES} bytes`);
  const format = reader.u8();
  if (format !== FORMAT) reader.fail(`format ${format} is not known, only ${FORMAT} is`);
  const blob = () => reader.bytes(reader.count(1));
  const optional = <K extends string, T>(key: K, read: () => T) =>
    (reader.bool() ? { [key]: read() } : {}) as { readonly [P in K]?: T };
  const account = reader.bool() ? Account.fromBytes(blob()) : PartialAccount.read(reader);
  const block = readBlockHeader(reader);
  const notes = Array.from(
    { length: reader.count(MIN_NOTE_BYTES, Limit.INPUT_NOTES) },
    (): NoteToConsume => ({
      ...readInputNote(reader),
      ...optional('args', () => reader.word()),
    }),
  );
  const inputs: PortableInputs = {
    account,
    block,
    notes,
    ...optional(
      'script',
      (): TransactionScript => ({
        ...readScript(reader),
        ...optional('args', () => reader.word()),
        ...optional('map', () => readMap(reader)),
      }),
    ),
    ...optional('authArgs', () => reader.word()),
    ...optional('signatures', () => readMap(reader)),
    ...optional('upgrade', () => AccountCode.read(reader)),
    ...optional('chain', () => PartialMmr.fromBytes(blob())),
    ...optional('config', () => readProtocolConfig(reader)),
    foreign: Array.from({ length: reader.count(MIN_FOREIGN_BYTES, Limit.FOREIGN_ACCOUNTS) }, () =>
      readForeignAccount(reader),
    ),
    recipients: Array.from({ length: reader.count(MIN_RECIPIENT_BYTES, Limit.OUTPUT_NOTES) }, () =>
      NoteRecipient.read(reader),
    ),
  };
  reader.end();
  return inputs;
}

type AdviceEntry = readonly [key: Word, values: readonly Felt[]];

function writeMap(map: Iterable<AdviceEntry>, writer: ByteWriter): void {
  const byKey = new Map(Array.from(map, (entry) => [wordKey(entry[0]), entry]));
  const sorted = [...byKey.values()].sort(([a], [b]) => compareWords(a, b));
  writer.vint(sorted.length);
  for (const [key, values] of sorted) {
    writer.word(key).vint(values.length);
    for (const value of values) writer.felt(value);
  }
}
function readMap(reader: ByteReader): AdviceEntry[] {
  const map: AdviceEntry[] = [];
  for (let left = reader.count(MIN_ENTRY_BYTES); left > 0; left--) {
    const key = reader.word();
    const last = map.at(-1);
    if (last && compareWords(last[0], key) >= 0) reader.fail('the keys of its advice are not in order');
    map.push([key, Array.from({ length: reader.count(8) }, () => reader.felt())]);
  }
  return map;
}
