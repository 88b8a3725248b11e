import { type Word, wordKey } from '../../hash/word.ts';
import { BURN } from './burn.ts';
import { MINT } from './mint.ts';
import { P2ID } from './p2id.ts';
import { P2IDE } from './p2ide.ts';
import { ACCEPT_OWNERSHIP, SETTINGS } from './settings.ts';
import { type Standards, standardProcedure } from './standards.ts';

/** Scripts of notes that are known by their roots. The values are stable: programs rely on them. */
const NOTE_SCRIPTS = { P2ID, P2IDE, MINT, BURN, SETTINGS, ACCEPT_OWNERSHIP } as const;
export type KnownNote = keyof typeof NOTE_SCRIPTS;

/** Names of the standard notes, by the keys of their scripts' roots. */
const knownScripts = (standards: Standards): ReadonlyMap<string, KnownNote> =>
  new Map(
    (Object.keys(NOTE_SCRIPTS) as KnownNote[]).map((name) => [
      wordKey(standardProcedure(standards, NOTE_SCRIPTS[name])),
      name,
    ]),
  );

/** The name of the standard script with this root. */
export const knownNote = (standards: Standards, root: Word): KnownNote | undefined =>
  knownScripts(standards).get(wordKey(root));
