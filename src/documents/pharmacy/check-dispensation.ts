/**
 * May this be dispensed? Pure: the prescription, what was given before, what is to be given, and the rules of the country
 * that prescribed. Both sides ask it: country B before anything is handed out, country A before anything is stored.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { DispensingRules } from './dispensing-rules.ts'
import type { DispensationFacts, DispensedItem, PrescribedItem, Prescription } from './pharmacy.ts'

/** Codes of the eHDSI error table (data/errors). */
export type DispensabilityCode =
  | '4105'
  | '4106'
  | 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION'
  | 'ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED'
  | 'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE'
  | 'ERROR_ED_MISSING_BASIC_DATA'

/** What the national side knows beyond the document. */
export interface GivenBefore {
  readonly status?: 'open' | 'partly-dispensed' | 'dispensed' | 'cancelled' | 'expired'
  /** False when the country keeps this prescription at home (locked, magistral, dose-dispensed, …). */
  readonly crossBorder?: boolean
  /** Packages given so far for each line; discarded dispensations do not count. */
  readonly items: readonly { readonly prescribedItem: string; readonly packages: number }[]
}

export const NOTHING_BEFORE: GivenBefore = { items: [] }

type Verdict = Result<void, DispensabilityCode>

/** Whether a prescription may be dispensed at all, before anything is chosen. `today`: ISO date. */
export function checkDispensable(
  prescription: Prescription,
  before: GivenBefore,
  rules: DispensingRules,
  today: string,
): Verdict {
  const closed = before.status ?? prescription.status
  if (closed === 'dispensed') return refused('4106')
  if (closed === 'cancelled' || closed === 'expired' || before.crossBorder === false) return refused(NOT_DISPENSABLE)
  if (isExpired(prescription, rules, today)) return refused(NOT_DISPENSABLE)
  if (!rules.partial && closed === 'partly-dispensed') return refused(NOT_DISPENSABLE)
  if (prescription.items.every((item) => staysAtHome(item, rules))) return refused(NOT_DISPENSABLE)
  if (prescription.items.every((item) => remaining(item, before) === 0)) return refused('4106')
  return ok(undefined)
}

/** Whether these facts may be dispensed now; the date that counts is the one at which the pharmacist dispenses. */
export function checkDispensation(
  prescription: Prescription,
  before: GivenBefore,
  facts: DispensationFacts,
  rules: DispensingRules,
): Verdict {
  const open = checkDispensable(prescription, before, rules, facts.dispensed.slice(0, 10))
  if (!open.ok) return open
  if (facts.items.length === 0) return refused('ERROR_ED_MISSING_BASIC_DATA')
  const lines = new Set<string>()
  for (const item of facts.items) {
    const prescribed = prescription.items.find(({ id }) => id === item.prescribedItem)
    if (prescribed === undefined) return refused('4105')
    // One product for one line: two of a line are two dispensations.
    if (lines.has(item.prescribedItem)) return refused('ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE')
    lines.add(item.prescribedItem)
    const verdict = checkItem(prescribed, item, before, rules)
    if (!verdict.ok) return verdict
  }
  return ok(undefined)
}

function checkItem(
  prescribed: PrescribedItem,
  item: DispensedItem,
  before: GivenBefore,
  rules: DispensingRules,
): Verdict {
  const { packages, product } = item
  if (product.name.trim() === '' || !Number.isFinite(packages) || packages <= 0)
    return refused('ERROR_ED_MISSING_BASIC_DATA')
  if (rules.wholePackages && !Number.isInteger(packages)) return refused('ERROR_ED_MISSING_BASIC_DATA')
  if (staysAtHome(prescribed, rules)) return refused(NOT_DISPENSABLE)
  if (item.substituted && !maySubstitute(prescribed, rules))
    return refused('ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED')
  const left = remaining(prescribed, before)
  if (left === undefined) return ok(undefined)
  if (left === 0) return refused('4106')
  if (packages > left) return refused(NOT_DISPENSABLE)
  return !rules.partial && packages < Math.min(left, prescribed.quantity?.value ?? left)
    ? refused(NOT_DISPENSABLE)
    : ok(undefined)
}

function maySubstitute({ substitution }: PrescribedItem, rules: DispensingRules): boolean {
  return (substitution === 'not-stated' ? rules.whenSubstitutionIsNotStated : substitution) === 'allowed'
}

/** Quantities in other units than packages (e.g. tablets) cannot be counted against packages: nothing is guessed. */
function remaining(item: PrescribedItem, before: GivenBefore): number | undefined {
  const { quantity } = item
  if (quantity === undefined || !countsPackages(quantity.unit)) return undefined
  const given = before.items
    .filter(({ prescribedItem }) => prescribedItem === item.id)
    .reduce((sum, { packages }) => sum + packages, item.dispensedBefore?.value ?? 0)
  return Math.max(0, quantity.value * (1 + (item.repeats ?? 0)) - given)
}

const EDQM = 'http://standardterms.edqm.eu'

/** A bare count, or an EDQM container (their codes begin with 3). */
function countsPackages(unit: { readonly code?: string; readonly system?: string; readonly display: string }): boolean {
  if (unit.system === EDQM) return unit.code?.startsWith('3') === true
  return (unit.code ?? unit.display) === '1'
}

function isExpired({ validUntil }: Prescription, rules: DispensingRules, today: string): boolean {
  if (validUntil === undefined) return false
  const last = lastDay(validUntil)
  if (last === undefined) return false
  last.setUTCDate(last.getUTCDate() + rules.graceDays)
  return today > last.toISOString().slice(0, 10)
}

/** The last day that a date of any precision means. */
function lastDay(date: string): Date | undefined {
  const [year, month, day] = date.slice(0, 10).split('-').map(Number)
  if (year === undefined || Number.isNaN(year)) return undefined
  const time =
    month === undefined
      ? Date.UTC(year, 11, 31)
      : day === undefined
        ? Date.UTC(year, month, 0)
        : Date.UTC(year, month - 1, day)
  return Number.isNaN(time) ? undefined : new Date(time)
}

function staysAtHome({ medicine }: PrescribedItem, { neverAbroad }: DispensingRules): boolean {
  const codes = [medicine.atc?.code, ...medicine.ingredients.map(({ substance }) => atcOf(substance))]
  return codes.some((code) => code !== undefined && neverAbroad.some(({ atc }) => code.startsWith(atc)))
}

function atcOf({ code, system }: { readonly code?: string; readonly system?: string }): string | undefined {
  return system === 'http://www.whocc.no/atc' ? code : undefined
}

const NOT_DISPENSABLE = 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION'

const SENTENCES: Readonly<Record<DispensabilityCode, readonly [sentence: string, next: string]>> = {
  '4105': ['The prescription has no such line.', 'Open the prescription again.'],
  '4106': ['This prescription has been dispensed already.', 'Hand out nothing; list the prescriptions again.'],
  ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION: [
    'The prescribing country does not allow this to be dispensed.',
    'Check quantity, validity and kind of medicine; the patient may need a prescriber here.',
  ],
  ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED: [
    'The prescriber does not allow another product.',
    'Dispense the product that was prescribed.',
  ],
  ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE: [
    'Two products are dispensed for one line of the prescription.',
    'Dispense one product for each line.',
  ],
  ERROR_ED_MISSING_BASIC_DATA: [
    'A product, or a whole number of packages, is missing.',
    'Say what is handed out, and how many packages.',
  ],
}

function refused(code: DispensabilityCode): Verdict {
  const [sentence, next] = SENTENCES[code]
  return failed(code, sentence, next)
}
