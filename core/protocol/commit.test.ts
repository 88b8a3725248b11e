import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashFramed } from '../hash/eidos.ts';
import { EMPTY_WORD, type Word } from '../hash/word.ts';
import { commit, commitList, commitPair } from './commit.ts';
import { constantsModule } from './constants-module.ts';
import { ProtocolDomain } from './domains.ts';
import { Limit } from './limits.ts';
import { noteStorageCommitment, recipientDigest } from './note/note-recipient.ts';

const upTo = (n: number, from = 1) => Array.from({ length: n }, (_, i) => BigInt(from + i));
const word = (from: number): Word => [BigInt(from), BigInt(from + 1), BigInt(from + 2), BigInt(from + 3)];

test('commitments of the official hash library, by domain', () => {
  const cases: [Word, bigint[]][] = [
    [
      commit(ProtocolDomain.ACCOUNT, upTo(16)),
      [7074755115331157294n, 3650561397581601545n, 103674657757291606n, 1249552031279510159n],
    ],
    [
      commit(ProtocolDomain.STORAGE_MAP_KEY, upTo(4)),
      [2286775048734835350n, 830272066487868077n, 2515439646051357610n, 5615684362050333426n],
    ],
    [
      noteStorageCommitment([7n]),
      [1178621621504679756n, 5731477322990615094n, 5931990725055035772n, 5687351142572056064n],
    ],
    [
      commitPair(ProtocolDomain.NOTE_ID, word(1), word(5)),
      [376047526844072287n, 4887969531507200810n, 6820541940642908477n, 3673482396942615859n],
    ],
    [
      commit(ProtocolDomain.NULLIFIER, upTo(24)),
      [3172078561459266004n, 1629186707712142828n, 4392753402512974063n, 4049509830302427974n],
    ],
    [
      recipientDigest(word(1), word(5), noteStorageCommitment(word(9))),
      [8932625940051322166n, 3811529809502894677n, 1250761283363994664n, 6180259012742177093n],
    ],
    [
      hashFramed([1n, 1n, 256n, 17n, 0n, 0n, 0n, 0n], ProtocolDomain.ACCOUNT_PATCH),
      [8840377327670334991n, 3833751605759813968n, 6549321740081798970n, 7464267670442204237n],
    ],
  ];
  for (const [actual, expected] of cases) assert.deepEqual(actual, expected);
});

test('an empty list commits to the empty word, and its length is part of any other', () => {
  assert.deepEqual(commitList(ProtocolDomain.NOTE_STORAGE, []), EMPTY_WORD);
  assert.notDeepEqual(
    commitList(ProtocolDomain.NOTE_STORAGE, [7n]),
    commitList(ProtocolDomain.NOTE_STORAGE, [7n, 0n]),
  );
});

test('no two commitments share a domain, and assembly reads the same tables', () => {
  const tags = Object.values(ProtocolDomain);
  assert.equal(new Set(tags).size, tags.length);
  const text = constantsModule();
  assert.match(text, new RegExp(`^pub const DOMAIN_NULLIFIER = ${ProtocolDomain.NULLIFIER}$`, 'm'));
  assert.match(text, new RegExp(`^pub const LIMIT_FUNGIBLE_AMOUNT = ${Limit.FUNGIBLE_AMOUNT}$`, 'm'));
});
