/** What dispensing needs from outside: where submissions wait, the rules of other countries, and how an eD is written. */
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import type { DispensationOptions } from '#documents/pharmacy/dispensation-document.ts'
import type { DispensingPolicy } from '#documents/pharmacy/dispensing-rules.ts'
import type { Result } from '#platform/result/result.ts'
import type { Outbox } from './outbox.ts'

export interface Dispensing {
  readonly outbox: Outbox
  /** What each country lets be dispensed from its prescriptions (data/policies/dispensing.json). */
  readonly rules: DispensingPolicy
  /** Language and words in which this country's pharmacists write. */
  readonly words: DispensationOptions
  /** The eD as CDA pivot, for the IHE wire. */
  readonly writeCda: (document: ClinicalDocument) => Result<Uint8Array> | Promise<Result<Uint8Array>>
}
