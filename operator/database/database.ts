import Sqlite from 'better-sqlite3';
import { OperatorError } from '../errors.ts';

export type Database = Sqlite.Database;

/** Steps from an empty file to the newest form, in order. A step that was ever released never changes. */
export interface Schema {
  /** Tells files of one kind from all others. */
  readonly applicationId: number;
  readonly migrations: readonly string[];
}

/** Whoever has the database open keeps it so: there is no use in waiting longer. */
const BUSY_MS = 100;

/**
 * Opens a database, makes it if it is not there, and brings it up to date. What a transaction wrote is on disk when it
 * returns. Nobody else can open the file until it is closed. Throws `OperatorError`.
 */
export function openDatabase(path: string, schema: Schema): Database {
  return explained(() => {
    const database = new Sqlite(path, { timeout: BUSY_MS });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('foreign_keys = ON');
      database.pragma('trusted_schema = OFF');
      migrate(database, schema);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

function migrate(database: Database, { applicationId, migrations }: Schema): void {
  const number = (name: string): number => Number(database.pragma(name, { simple: true }));
  const [version, application] = [number('user_version'), number('application_id')];
  const isFresh = version === 0 && application === 0 && isEmpty(database);
  if (!isFresh && application !== applicationId)
    throw new OperatorError('database-unknown', 'This file is not one of an operator of Kiln.', {
      details: `application id ${application}`,
      advice: 'Choose another folder.',
    });
  if (version > migrations.length)
    throw new OperatorError('database-unknown', 'A newer version of Kiln wrote this database.', {
      details: `its version is ${version}, this one knows up to ${migrations.length}`,
      advice: 'Update Kiln.',
    });
  // The first step sets the id too: a process that dies in between leaves a file that is still empty.
  for (const [i, step] of migrations.slice(version).entries()) {
    database.transaction(() => {
      database.exec(step);
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${version + i + 1}`);
    })();
  }
}

const isEmpty = (database: Database): boolean =>
  database.prepare('SELECT count(*) FROM sqlite_master').pluck().get() === 0;

/** Runs what reads or writes a database; SQLite's own errors come out as `OperatorError`. */
export function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isSqliteError(error) ? explain(error) : error;
  }
}

const isSqliteError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Sqlite.SqliteError;

function explain(error: Error & { readonly code: string }): Error {
  const { code, message } = error;
  const options = { details: `${code}: ${message}`, cause: error };
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE')
    return new OperatorError('disk-full', 'The disk is full or cannot be written.', {
      ...options,
      advice: 'Free space and try again; what was acknowledged is kept.',
    });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new OperatorError('database-busy', 'Another process has this database open.', {
      ...options,
      advice: 'Stop it first, or choose another folder.',
    });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new OperatorError('database-damaged', 'The database is damaged.', {
      ...options,
      advice: 'Keep a copy of the folder, and sync a new node from genesis.',
    });
  return error;
}
