import { type Word, wordsEqual } from '../../hash/word.ts';
import { BURN } from './burn.ts';
import { EXPIRATION } from './expiration.ts';
import { MINT, MINT_NOTES } from './mint.ts';
import { P2ID } from './p2id.ts';
import { P2IDE } from './p2ide.ts';
import { SEND_NOTES } from './send-notes.ts';
import { ACCEPT_OWNERSHIP, CHANGE_SETTINGS, SETTINGS } from './settings.ts';
import { type Standards, standardProcedure } from './standards.ts';
import { SWAP } from './swap.ts';
import { TX_FEE } from './tx-fee.ts';

/** Scripts of notes that are known by their roots. The values are stable: programs rely on them. */
const NOTE_SCRIPTS = { P2ID, P2IDE, SWAP, MINT, BURN, TX_FEE, SETTINGS, ACCEPT_OWNERSHIP } as const;
export type KnownNote = keyof typeof NOTE_SCRIPTS;

/** The same for transactions' own scripts. */
const TRANSACTION_SCRIPTS = { SEND_NOTES, MINT_NOTES, EXPIRATION, CHANGE_SETTINGS } as const;
export type KnownTransaction = keyof typeof TRANSACTION_SCRIPTS;

/** The name under which a table has the procedure with this root. */
const nameIn = <T extends string>(
  scripts: Readonly<Record<T, string>>,
  standards: Standards,
  root: Word,
): T | undefined =>
  (Object.keys(scripts) as T[]).find((name) => wordsEqual(standardProcedure(standards, scripts[name]), root));

/** The name of the standard note's script with this root. */
export const knownNote = (standards: Standards, root: Word): KnownNote | undefined =>
  nameIn(NOTE_SCRIPTS, standards, root);

/** The name of the standard transaction script with this root. */
export const knownTransaction = (standards: Standards, root: Word): KnownTransaction | undefined =>
  nameIn(TRANSACTION_SCRIPTS, standards, root);
