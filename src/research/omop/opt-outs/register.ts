/**
 * Writes in the register of opt-outs, each act together with its entry in the ledger: a person finds there what was recorded about him,
 * by whom and when (EHDS Art. 71). Nobody is asked for a reason, so there is no place for one.
 */
import { type Database, inTransaction, type NoTables } from '#platform/database/database.ts'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import {
  type ResearchNode,
  type ResearchRecord,
  type ResearchStep,
  researchEvent,
} from '../../permits/research-event.ts'
import { type OptOut, type OptOutChoice, openOptOuts, type Taken, takeChoice, weighChoice } from '../opt-out.ts'
import type { LinedChoice, ReadChoices, WrongRow } from './choice-file.ts'

export interface OptOutActor {
  /** `system|value` of who records it; absent: an operator of the node, who is not known by a number. */
  readonly person?: string
  /** Of the body. */
  readonly role?: string
  readonly through: 'page' | 'command'
}

/** One person's choices, as an officer reads them. */
export interface LookedUp {
  readonly out: boolean
  /** The first one first. */
  readonly history: readonly OptOut[]
}

export interface ImportReport {
  readonly recorded: number
  /** What the register had said already. */
  readonly unchanged: number
  /** Rows that repeat another row of the file. */
  readonly repeated: number
  /** In the order of lines. */
  readonly wrong: readonly WrongRow[]
}

export interface OptOutRegister {
  /** @param choice with person and moment as `choice.ts` reads them */
  choose(choice: OptOutChoice, by: OptOutActor): Promise<Result<Exclude<Taken, 'too-late'>, 'opt-out-too-late'>>
  /** What is recorded about one person; there is no list of persons. */
  lookUp(person: string, by: OptOutActor): Promise<LookedUp>
  /** @param file hash of the file that was read */
  take(read: ReadChoices, file: string, by: OptOutActor): Promise<ImportReport>
}

export interface OptOutRegisterOptions {
  readonly ledger: Ledger
  /** The body, as the ledger names it. */
  readonly body: ResearchNode
  readonly now?: () => Date
}

/** Persons of a file that are written at the same time: their entries share transactions of the ledger. */
const AT_ONCE = 64

/** Needs `optOutMigrations` and those of the ledger. */
export function openOptOutRegister(
  database: Database,
  { ledger, body, now = () => new Date() }: OptOutRegisterOptions,
): OptOutRegister {
  const optOuts = openOptOuts(database)

  const recordOf = (step: ResearchStep, by: OptOutActor, more: Partial<ResearchRecord>): ResearchRecord => ({
    ...{ step, recorded: now(), node: body },
    ...(by.person === undefined ? {} : { person: { identifier: by.person } }),
    ...more,
    details: { through: by.through, ...(by.role === undefined ? {} : { role: by.role }), ...more.details },
  })

  async function choose(choice: OptOutChoice, by: OptOutActor, details: ResearchRecord['details'] = {}) {
    const step = choice.what === 'out' ? 'opt-out-recorded' : 'opt-out-withdrawn'
    let { taken } = await weighChoice(database.kysely, choice)
    const record = recordOf(step, by, { about: choice.person, details: { at: choice.at, result: taken, ...details } })
    if (taken !== 'too-late') {
      await ledger.append(researchEvent(record), async (transaction) => {
        taken = await takeChoice(transaction, choice)
      })
    }
    // Also when another choice came between the look and the entry.
    if (taken === 'too-late') await ledger.append(researchEvent({ ...record, refused: TOO_LATE }))
    return taken
  }

  /** The choices of one person, the earliest first; what changes nothing is noted without an entry. */
  async function takeAll(choices: readonly LinedChoice[], file: string, by: OptOutActor) {
    const taken: (readonly [LinedChoice, Taken])[] = []
    for (const choice of choices) {
      const weighed = await weighChoice(database.kysely, choice)
      if (weighed.taken === 'recorded') taken.push([choice, await choose(choice, by, { file })])
      else {
        const isNews = weighed.taken === 'unchanged' && (weighed.latest === undefined || weighed.latest < choice.at)
        if (isNews) await noted(database.kysely, choice)
        taken.push([choice, weighed.taken])
      }
    }
    return taken
  }

  return {
    async choose(choice, by) {
      const taken = await choose(choice, by)
      return taken === 'too-late' ? failed(TOO_LATE.code, TOO_LATE.sentence, TOO_LATE.next) : ok(taken)
    },
    async lookUp(person, by) {
      // Before anything is told.
      await ledger.append(researchEvent(recordOf('opt-out-looked-up', by, { about: person })))
      const history = await optOuts.history(person)
      const moment = now().toISOString()
      return { history, out: history.some(({ from, to }) => from <= moment && (to === undefined || to > moment)) }
    },
    async take(read, file, by) {
      const persons = [...Map.groupBy(read.choices, ({ person }) => person).values()]
      const counts: Record<Taken, number> = { recorded: 0, unchanged: 0, 'too-late': 0 }
      const late: WrongRow[] = []
      for (let at = 0; at < persons.length; at += AT_ONCE) {
        const some = persons.slice(at, at + AT_ONCE)
        const taken = await Promise.all(some.map((choices) => takeAll(choices, file, by)))
        for (const [{ line }, what] of taken.flat()) {
          counts[what] += 1
          if (what === 'too-late') late.push({ line, problem: TOO_LATE })
        }
      }
      const { recorded, unchanged } = counts
      const wrong = [...read.wrong, ...late].sort((one, other) => one.line - other.line)
      const details = { file, recorded: String(recorded), unchanged: String(unchanged), wrong: String(wrong.length) }
      await ledger.append(researchEvent(recordOf('opt-outs-imported', by, { details })))
      return { recorded, unchanged, repeated: read.repeated, wrong }
    },
  }
}

async function noted(kysely: Database['kysely'], choice: OptOutChoice): Promise<void> {
  await inTransaction<NoTables, Taken>(kysely, (transaction) => takeChoice(transaction, choice))
}

const TOO_LATE: Problem<'opt-out-too-late'> = {
  code: 'opt-out-too-late',
  sentence: 'A later choice of this person is recorded already; what permits were decided on is not written anew.',
  next: 'Look at the history of the person, and record what holds now.',
}
