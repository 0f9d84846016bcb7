import { ProblemError } from '#platform/result/problem-error.ts'

export type LedgerProblemCode = 'ledger-head-forged' | 'ledger-rolled-back' | 'ledger-entry-unfit'

const WORDS: Readonly<Record<LedgerProblemCode, readonly [string, string]>> = {
  'ledger-head-forged': [
    'The head of the ledger was not sealed by this node.',
    'Verify the ledger and find out who changed the database; nothing is recorded until then.',
  ],
  'ledger-rolled-back': [
    'The ledger has fewer entries than this node has already written.',
    'Verify the ledger. After restoring a backup on purpose, remove the witness file and start again.',
  ],
  'ledger-entry-unfit': [
    'The entry cannot be stored in the ledger: it is too large or holds characters that do not belong in it.',
    'Refuse the access, and correct what builds the entry.',
  ],
}

export function ledgerError(code: LedgerProblemCode, cause?: unknown): ProblemError<LedgerProblemCode> {
  const [sentence, next] = WORDS[code]
  return new ProblemError({ code, sentence, next }, cause)
}
