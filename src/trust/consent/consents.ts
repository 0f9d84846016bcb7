/**
 * The patient's choices about access from other countries, kept for ever as they were made.
 * The most specific choice decides: country and class, then country, then class, then all; among equals the latest.
 */
import { randomUUID } from 'node:crypto'
import { type Database, inTransaction } from '#platform/database/database.ts'
import type { ConsentChoice, ConsentStore } from './consent.ts'
import { type ConsentDefault, defaultDecision } from './consent-default.ts'

export type ConsentTables = {
  consent_choice: {
    id: string
    patient: string
    country: string
    document_class: string
    decision: 'permit' | 'deny'
    recorded: string
    /**
     * Counts the choices of one patient from 1: which of two choices of the same instant came later. Two that arrive in
     * the same moment at two replicas may share a number; then neither is the later one, and `id` keeps the order stable.
     */
    revision: number
  }
}

export interface Consents extends ConsentStore {
  /** Every choice of this patient (`system|value`), latest first. */
  history(patient: string): Promise<readonly ConsentChoice[]>
}

export interface ConsentOptions {
  /** What holds for a patient who has not chosen: opt-out countries say `permit`, opt-in countries `deny`. */
  readonly defaultDecision: ConsentDefault
}

/** Needs `consentMigrations`. */
export function openConsents(database: Database, options: ConsentOptions): Consents {
  const kysely = database.kysely.$extendTables<ConsentTables>()

  const choicesOf = async (patient: string): Promise<readonly ConsentChoice[]> => {
    const rows = await kysely
      .selectFrom('consent_choice')
      .selectAll()
      .where('patient', '=', patient)
      .orderBy('recorded', 'desc')
      .orderBy('revision', 'desc')
      .orderBy('id', 'desc')
      .execute()
    return rows.map(({ country, document_class: documentClass, decision, recorded }) => ({
      patient,
      country,
      documentClass,
      decision,
      recorded,
    }))
  }

  return {
    history: choicesOf,
    async permits(patient, country, documentClass) {
      const choice = decisiveChoice(await choicesOf(patient), country, documentClass)
      return (choice?.decision ?? defaultDecision(options.defaultDecision, country, documentClass)) === 'permit'
    },
    async record(choice) {
      const recorded = new Date(choice.recorded).toISOString()
      await inTransaction(kysely, async (transaction) => {
        const last = await transaction
          .selectFrom('consent_choice')
          .select(({ fn }) => fn.max('revision').as('revision'))
          .where('patient', '=', choice.patient)
          .executeTakeFirst()
        await transaction
          .insertInto('consent_choice')
          .values({
            id: randomUUID(),
            patient: choice.patient,
            country: choice.country.toUpperCase(),
            document_class: choice.documentClass,
            decision: choice.decision,
            recorded,
            revision: (last?.revision ?? 0) + 1,
          })
          .execute()
      })
    },
  }
}

/** `choices` latest first. Undefined when none applies. Pure. */
export function decisiveChoice(
  choices: readonly ConsentChoice[],
  country: string,
  documentClass: string,
): ConsentChoice | undefined {
  const asking = country.toUpperCase()
  const specificity = (choice: ConsentChoice): number => {
    if (choice.country !== '*' && choice.country !== asking) return -1
    if (choice.documentClass !== '*' && choice.documentClass !== documentClass) return -1
    return (choice.country === '*' ? 0 : 2) + (choice.documentClass === '*' ? 0 : 1)
  }
  let best: ConsentChoice | undefined
  for (const choice of choices) {
    const applies = specificity(choice)
    if (applies >= 0 && (best === undefined || applies > specificity(best))) best = choice
  }
  return best
}
