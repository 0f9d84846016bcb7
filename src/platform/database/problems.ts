/**
 * What can go wrong with a database, in words that help: SQLite result codes and PostgreSQL SQLSTATEs become one small
 * set of problems. Constraint violations are not here: they are answers to a query, not failures of the database.
 */
import { ProblemError } from '../result/problem-error.ts'
import type { Problem } from '../result/result.ts'

export type DatabaseProblemCode =
  | 'database-url-unknown'
  | 'database-unreachable'
  | 'database-refused'
  | 'database-missing'
  | 'database-locked'
  | 'database-full'
  | 'database-read-only'
  | 'database-damaged'
  | 'database-io'

export type DatabaseProblem = Problem<DatabaseProblemCode>

/** The code of a driver's error: a number for SQLite's primary result code, text for SQLSTATE or a system error. */
function codeOf(error: unknown): number | string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff
  if ('code' in error && typeof error.code === 'string') return error.code
  return undefined
}

// https://sqlite.org/rescode.html
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_CONSTRAINT = 19
const SQLITE_NOTADB = 26

const LOCKED: Words = [
  'database-locked',
  'The database is locked by another program.',
  'End the other program or wait, then try again.',
]
const FULL: Words = ['database-full', 'The disk of the database is full.', 'Free space on it, then try again.']
const UNREACHABLE: Words = [
  'database-unreachable',
  'The database cannot be reached.',
  'Check that it runs and that the address is right.',
]
const REFUSED: Words = [
  'database-refused',
  'The database refuses this user or password.',
  'Check the user and the password in the database address.',
]
const READ_ONLY: Words = [
  'database-read-only',
  'The database cannot be written.',
  'Check the permissions of the file and its folder, or that the server is not a read-only copy.',
]
const DAMAGED: Words = ['database-damaged', 'The database file is damaged or is not a database.', 'Restore a backup.']
const IO: Words = ['database-io', 'The database cannot read or write its disk.', 'Check the disk.']
const MISSING: Words = [
  'database-missing',
  'The database does not exist.',
  'Create it, or correct its name in the database address.',
]

const NOT_OPENED: Words = [
  'database-missing',
  'The database file cannot be opened.',
  'Check its folder and permissions.',
]

type Words = readonly [DatabaseProblemCode, string, string]

const WORDS: ReadonlyMap<number | string, Words> = new Map<number | string, Words>([
  [SQLITE_BUSY, LOCKED],
  [SQLITE_LOCKED, LOCKED],
  [SQLITE_READONLY, READ_ONLY],
  [SQLITE_IOERR, IO],
  [SQLITE_CORRUPT, DAMAGED],
  [SQLITE_FULL, FULL],
  [SQLITE_CANTOPEN, NOT_OPENED],
  [SQLITE_NOTADB, DAMAGED],
  ['ECONNREFUSED', UNREACHABLE],
  ['ECONNRESET', UNREACHABLE],
  ['ENOTFOUND', UNREACHABLE],
  ['EAI_AGAIN', UNREACHABLE],
  ['ETIMEDOUT', UNREACHABLE],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ENOSPC', FULL],
  ['EIO', IO],
  ['EDQUOT', FULL],
  ['EROFS', READ_ONLY],
  ['EACCES', READ_ONLY],
  ['ENOTDIR', NOT_OPENED],
  ['EEXIST', NOT_OPENED],
  ['EISDIR', NOT_OPENED],
  ['28000', REFUSED],
  ['28P01', REFUSED],
  ['42501', REFUSED],
  ['3D000', MISSING],
  ['25006', READ_ONLY],
  ['53100', FULL],
  ['53300', ['database-unreachable', 'The database has no free connection.', 'Raise its limit or stop other clients.']],
  ['55P03', LOCKED],
  ['57P01', UNREACHABLE],
  ['57P02', UNREACHABLE],
  ['57P03', UNREACHABLE],
  ['08000', UNREACHABLE],
  ['08003', UNREACHABLE],
  ['08006', UNREACHABLE],
  ['58030', IO],
  ['XX001', DAMAGED],
  ['XX002', DAMAGED],
])

/** Messages of node-postgres that come without a code. */
const UNREACHABLE_MESSAGES =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|timeout expired/

/**
 * Gives the error that callers shall see: a `ProblemError` when the database itself failed, else the error unchanged.
 * `place` names the database without its password.
 */
export function describeDatabaseError(error: unknown, place: string): unknown {
  const code = codeOf(error)
  let words = code === undefined ? undefined : WORDS.get(code)
  if (!words && error instanceof Error && UNREACHABLE_MESSAGES.test(error.message)) words = UNREACHABLE
  if (!words) return error
  return databaseError(words[0], words[1], words[2], place, error)
}

export function databaseError(
  code: DatabaseProblemCode,
  sentence: string,
  next: string,
  place: string,
  cause?: unknown,
): ProblemError<DatabaseProblemCode> {
  return new ProblemError({ code, sentence, next, place: { file: place } }, cause)
}

/** True when the same work may succeed if tried again: another writer was in the way and nothing was stored. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error instanceof ProblemError ? error.cause : error)
  // serialization_failure, deadlock_detected, lock_not_available
  return code === SQLITE_BUSY || code === SQLITE_LOCKED || code === '40001' || code === '40P01' || code === '55P03'
}

/** True when a unique or primary key refused the row. The same on both databases. */
export function isUniqueViolation(error: unknown): boolean {
  if (codeOf(error) === '23505') return true
  if (codeOf(error) !== SQLITE_CONSTRAINT || typeof error !== 'object' || error === null) return false
  // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE
  return 'errcode' in error && (error.errcode === 1555 || error.errcode === 2067)
}

export function isSqliteBusy(error: unknown): boolean {
  const code = codeOf(error)
  return code === SQLITE_BUSY || code === SQLITE_LOCKED
}
