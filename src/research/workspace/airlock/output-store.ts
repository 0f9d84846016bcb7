/** Outputs of workspaces, encrypted with a secret of the node: whoever reads its database sees no row of a person. */
import { randomUUID } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { seal, unseal } from '#trust/people/seal.ts'
import type { Permit } from '../../permits/permit.ts'
import { LIMITS } from '../limits.ts'
import type { OutputContent } from './content.ts'
import type { AirlockTables } from './migrations.ts'

export type PermitName = Pick<Permit, 'memberState' | 'id'>

export interface NewOutput {
  readonly permit: PermitName
  readonly dataset: string
  readonly person: string
  readonly tool: Permit['tools'][number]
  /** A few words: the first line of the SQL, the name of the question. */
  readonly title: string
  readonly content: OutputContent
}

export interface KeptOutput {
  readonly id: string
  readonly at: string
  readonly person: string
  readonly dataset: string
  readonly tool: string
  readonly title: string
}

export type OutputProblemCode = 'output-too-large'

export type OutputStore = ReturnType<typeof openOutputStore>

export function openOutputStore(database: Database, secret: string, now: () => Date) {
  if (secret.length < 32) throw new TypeError('The secret of the airlock has at least 32 characters.')
  const kysely = database.kysely.$extendTables<AirlockTables>()
  const purposeOf = (id: string) => `workspace output ${id}`

  return {
    async keep({ permit, content, title, ...same }: NewOutput): Promise<Result<KeptOutput, OutputProblemCode>> {
      const { characters } = LIMITS.airlock
      if (JSON.stringify(content).length > characters) {
        const sentence = `A result has ${characters} characters at most.`
        return failed('output-too-large', sentence, 'Ask for fewer rows or columns.')
      }
      const id = randomUUID()
      const kept = { id, at: now().toISOString(), title: title.slice(0, 200), ...same }
      const sealed = seal(secret, purposeOf(id), content)
      const of = { member_state: permit.memberState, permit: permit.id }
      await kysely
        .insertInto('workspace_output')
        .values({ ...kept, ...of, content: sealed })
        .execute()
      return ok(kept)
    },
    /** Newest first. */
    async ofPermit({ memberState, id }: PermitName): Promise<readonly KeptOutput[]> {
      const rows = kysely.selectFrom('workspace_output').select(['id', 'at', 'person', 'dataset', 'tool', 'title'])
      const own = rows.where('member_state', '=', memberState).where('permit', '=', id)
      return own.orderBy('at', 'desc').orderBy('id').execute()
    },
    /** All of them, of this permit, in this order; undefined when one is not there. */
    async contents({ memberState, id: permit }: PermitName, ids: readonly string[]) {
      if (ids.length === 0) return []
      const rows = await kysely
        .selectFrom('workspace_output')
        .selectAll()
        .where('member_state', '=', memberState)
        .where('permit', '=', permit)
        .where('id', 'in', [...ids])
        .execute()
      const found = ids.map((id) => rows.find((row) => row.id === id))
      if (found.some((row) => row === undefined)) return undefined
      return found.flatMap((row) => (row ? [{ ...row, content: opened(row.id, row.content) }] : []))
    },
    /** What nobody asked to take out for some days. */
    async forget(): Promise<number> {
      const before = new Date(now().getTime() - LIMITS.airlock.keptDays * 86_400_000).toISOString()
      const old = await kysely.selectFrom('workspace_output').select('id').where('at', '<', before).execute()
      const events = await kysely
        .selectFrom('workspace_request_event')
        .select('event')
        .where('sequence', '=', 1)
        .execute()
      const wanted = new Set(events.flatMap(({ event }) => (JSON.parse(event) as { outputs?: string[] }).outputs ?? []))
      const gone = old.map(({ id }) => id).filter((id) => !wanted.has(id))
      for (const id of gone) await kysely.deleteFrom('workspace_output').where('id', '=', id).execute()
      return gone.length
    },
  }

  function opened(id: string, sealed: string): OutputContent {
    const content = unseal(secret, purposeOf(id), sealed)
    if (content === undefined) throw new TypeError('An output was sealed with another secret, or it was altered.')
    return content as OutputContent
  }
}
