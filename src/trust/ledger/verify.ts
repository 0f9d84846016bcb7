/** Reads a chain from its first entry to its sealed head and says where it is broken, if it is. */
import { sql } from 'kysely'
import { ProblemError } from '#platform/result/problem-error.ts'
import { type Head, hashOf, indexOf, NO_HASH, sealedText } from './chain.ts'
import type { LedgerVerification } from './ledger.ts'
import { GUARD_MESSAGE, type LedgerTables } from './migrations.ts'
import { type Chain, parseEvent } from './read.ts'

const PAGE = 1000

type Row = LedgerTables['ledger_entry']
type SealedHead = LedgerTables['ledger_head']

interface Flaw {
  readonly firstBad: number
  readonly reason: Extract<LedgerVerification, { readonly intact: false }>['reason']
}

/**
 * `known`: the highest head this node has seen; the chain must contain it. Entries appended meanwhile are left for the
 * next time. Memory does not grow with the chain.
 */
export async function verifyLedger(
  chain: Chain,
  known: Head,
  progress: (checked: number, entries: number) => void = () => {},
): Promise<LedgerVerification> {
  const { head, lowest, highest } = await ends(chain)
  let last: Head = { sequence: 0, hash: NO_HASH }
  const broken = (flaw: Flaw): LedgerVerification => ({ intact: false, entries: last.sequence, ...flaw })

  if (!head) return broken({ firstBad: 1, reason: 'truncated' })
  if (lowest < 1) return broken({ firstBad: lowest, reason: 'reordered' })
  while (last.sequence < head.sequence) {
    const page = await pageAfter(chain, last.sequence, head.sequence)
    if (page.length === 0) return broken({ firstBad: last.sequence + 1, reason: 'truncated' })
    for (const row of page) {
      const flaw = (await flawOf(chain, row, last)) ?? flawAgainst(known, row)
      if (flaw) return broken(flaw)
      last = row
    }
    progress(last.sequence, head.sequence)
  }
  const flaw = flawOfEnd(chain, head, last, highest, known) ?? (await flawOfGuards(chain, last))
  return flaw ? broken(flaw) : { intact: true, entries: last.sequence, head: last.hash }
}

/** The sealed head with the lowest and highest entry, all of one moment. */
async function ends(chain: Chain) {
  const row = await chain.kysely
    .selectFrom('ledger_head')
    .selectAll()
    .select((head) => [
      head
        .selectFrom('ledger_entry')
        .select(({ fn }) => fn.min('sequence').as('lowest'))
        .where('node', '=', chain.node)
        .as('lowest'),
      head
        .selectFrom('ledger_entry')
        .select(({ fn }) => fn.max('sequence').as('highest'))
        .where('node', '=', chain.node)
        .as('highest'),
    ])
    .where('node', '=', chain.node)
    .executeTakeFirst()
  return { head: row, lowest: row?.lowest ?? 1, highest: row?.highest ?? 0 }
}

function pageAfter(chain: Chain, sequence: number, head: number): Promise<readonly Row[]> {
  return chain.kysely
    .selectFrom('ledger_entry')
    .selectAll()
    .where('node', '=', chain.node)
    .where('sequence', '>', sequence)
    .where('sequence', '<=', head)
    .orderBy('sequence')
    .limit(PAGE)
    .execute()
}

async function flawOf(chain: Chain, row: Row, last: Head): Promise<Flaw | undefined> {
  const firstBad = last.sequence + 1
  if (row.sequence !== firstBad) return { firstBad, reason: 'missing' }
  const linked = row.previous_hash === last.hash
  // It follows another entry of this chain than the one before it.
  if (!linked && (await holds(chain, row.previous_hash))) return { firstBad, reason: 'reordered' }
  const whole = hashOf({ ...row, previousHash: row.previous_hash }) === row.hash
  return linked && whole && isFoundByItsIndex(row) ? undefined : { firstBad, reason: 'altered' }
}

/** The index is not hashed itself: altering it would hide an access from the patient's list. */
function isFoundByItsIndex(row: Row): boolean {
  try {
    const { professional, patient } = indexOf(parseEvent(row.event))
    return professional === row.professional && patient === row.patient
  } catch {
    return false
  }
}

async function holds(chain: Chain, hash: string): Promise<boolean> {
  const { rows } = await sql`select 1 from ledger_entry where node = ${chain.node} and hash = ${hash} limit 1`.execute(
    chain.kysely,
  )
  return rows.length > 0
}

function flawAgainst(known: Head, row: Row): Flaw | undefined {
  if (row.sequence !== known.sequence || row.hash === known.hash) return undefined
  return { firstBad: row.sequence, reason: 'altered' }
}

function flawOfEnd(chain: Chain, head: SealedHead, last: Head, highest: number, known: Head): Flaw | undefined {
  const text = sealedText(chain.node, head, head.sealed_at)
  if (!chain.signer.verify(text, head.signature, head.key_id)) {
    return { firstBad: last.sequence, reason: 'head-signature' }
  }
  // Every link fits, but the chain does not end where the node sealed it: rewritten from somewhere on.
  if (head.hash !== last.hash) return { firstBad: last.sequence, reason: 'altered' }
  if (head.sequence < known.sequence) return { firstBad: head.sequence + 1, reason: 'truncated' }
  if (highest > head.sequence) return { firstBad: head.sequence + 1, reason: 'head-signature' }
  return undefined
}

/** Tries what must be refused, and takes it back: asking for the names of triggers would not show what they do. */
async function flawOfGuards({ kysely, node }: Chain, { sequence }: Head): Promise<Flaw | undefined> {
  if (sequence === 0) return undefined
  const attempts = [
    sql`update ledger_entry set hash = hash where node = ${node} and sequence = ${sequence}`,
    sql`delete from ledger_entry where node = ${node} and sequence = ${sequence}`,
    sql`delete from ledger_head where node = ${node}`,
  ]
  for (const attempt of attempts) {
    const transaction = await kysely.startTransaction().execute()
    try {
      await attempt.execute(transaction)
      return { firstBad: 0, reason: 'unguarded' }
    } catch (error) {
      if (!isRefusal(error)) throw error
    } finally {
      await transaction.rollback().execute()
    }
  }
  return undefined
}

/** By a guard, or because the node's database user may not even try. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ProblemError) return error.problem.code === 'database-refused'
  return error instanceof Error && error.message.includes(GUARD_MESSAGE)
}
