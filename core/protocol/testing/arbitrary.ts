import fc from 'fast-check';
import { assemble } from '../../assembly/assemble.ts';
import { MODULUS } from '../../field/felt.ts';
import type { Word } from '../../hash/word.ts';
import { AccountCode } from '../account/account-code.ts';
import { AccountId } from '../account/account-id.ts';
import type { StorageSlot } from '../account/storage.ts';
import { type MapEntry, StorageMap } from '../account/storage-map.ts';
import { Asset } from '../asset/asset.ts';
import { Limit } from '../limits.ts';
import { Note } from '../note/note.ts';
import { NoteAssets } from '../note/note-assets.ts';
import { NoteAttachments } from '../note/note-attachments.ts';
import type { NoteInclusion } from '../note/note-inclusion.ts';
import type { NoteMetadata } from '../note/note-metadata.ts';
import { NoteRecipient, type NoteScript } from '../note/note-recipient.ts';

/** Generators of protocol objects for property tests. */
const felt = fc.bigInt({ min: 0n, max: MODULUS - 1n });
export const word: fc.Arbitrary<Word> = fc.tuple(felt, felt, felt, felt);
const digestFelt = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
export const digest: fc.Arbitrary<Word> = fc.tuple(digestFelt, digestFelt, digestFelt, digestFelt);

export const accountId: fc.Arbitrary<AccountId> = fc
  .tuple(digestFelt, digestFelt)
  .map(([prefix, suffix]) => new AccountId((prefix & ~0xfn) | 1n, suffix & ~0xffn));

const fungible: fc.Arbitrary<Asset> = fc
  .tuple(accountId, fc.bigInt({ min: 1n, max: Limit.FUNGIBLE_AMOUNT }))
  .map(([faucet, amount]) => Asset.fungible(faucet, amount));
const unique: fc.Arbitrary<Asset> = fc
  .tuple(accountId, fc.uint8Array({ maxLength: 80 }))
  .map(([faucet, data]) => Asset.unique(faucet, data));
export const asset: fc.Arbitrary<Asset> = fc.oneof(fungible, unique);
export const assets = (maxLength: number): fc.Arbitrary<Asset[]> =>
  fc.uniqueArray(asset, { maxLength, selector: ({ id }) => id.word.join() });

const mapEntries: fc.Arbitrary<MapEntry[]> = fc.uniqueArray(fc.tuple(word, word), {
  maxLength: 6,
  selector: ([key]) => key.join(),
});
const slotName = fc.tuple(fc.constantFrom('kiln', 'a', '0'), fc.nat(1000)).map(([a, n]) => `${a}::slot_${n}`);
const slot: fc.Arbitrary<StorageSlot> = fc.oneof(
  fc.record({ name: slotName, kind: fc.constant('value' as const), value: word }),
  fc.record({
    name: slotName,
    kind: fc.constant('map' as const),
    map: mapEntries.map((entries) => new StorageMap(entries)),
  }),
);
export const slots = fc.uniqueArray(slot, { maxLength: 6, selector: ({ name }) => name });

/** Small programs as procedures: what they do never matters to the objects that hold them. */
const scripts: NoteScript[] = [1, 2, 3].map((n) => {
  const { forest, entry } = assemble({ program: { name: 'script', text: `begin push.${n} drop end` } });
  return { root: forest.nodes[entry].digest, forests: [forest] };
});
const noteScript: fc.Arbitrary<NoteScript> = fc.constantFrom(...scripts);
export const [firstScript, secondScript, thirdScript] = scripts;
/** Code with two procedures, or with three. */
export const accountCode: fc.Arbitrary<AccountCode> = fc
  .constantFrom(scripts.slice(1, 2), scripts.slice(1))
  .map((others) =>
    AccountCode.of(
      scripts[0].root,
      others.map((s) => s.root),
      scripts.flatMap((s) => s.forests),
    ),
  );

export const attachments: fc.Arbitrary<NoteAttachments> = fc
  .array(
    fc.record({
      scheme: fc.integer({ min: 1, max: 65_534 }),
      words: fc.array(word, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: Limit.NOTE_ATTACHMENTS },
  )
  .map((list) => new NoteAttachments(list));
export const metadata: fc.Arbitrary<NoteMetadata> = fc.record({
  sender: accountId,
  type: fc.constantFrom('private' as const, 'public' as const),
  tag: fc.nat({ max: 2 ** 32 - 1 }),
});
export const note: fc.Arbitrary<Note> = fc
  .tuple(metadata, word, noteScript, fc.array(felt, { maxLength: 20 }), assets(4), attachments)
  .map(
    ([data, serial, script, storage, list, attached]) =>
      new Note({
        metadata: data,
        recipient: new NoteRecipient(serial, script, storage),
        assets: new NoteAssets(list),
        attachments: attached,
      }),
  );
export const inclusion: fc.Arbitrary<NoteInclusion> = fc.record({
  blockNumber: fc.nat({ max: 2 ** 32 - 1 }),
  subCommitment: digest,
  noteRoot: digest,
  index: fc.nat({ max: 65_535 }),
  path: fc.array(digest, { minLength: 16, maxLength: 16 }),
});
