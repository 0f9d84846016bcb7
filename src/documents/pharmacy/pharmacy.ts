/**
 * Prescriptions and dispensations as a pharmacist sees them, drawn from the model (MPD resources) or turned into it.
 * Types only. Sources: eHDSI ePrescription and eDispensation; HL7 Europe MPD; IHE MPD.
 */

/** A code with its words; `display` is in the document's language, translation happens where it is shown. */
export interface CodedWords {
  readonly code?: string
  /** Canonical FHIR system URL. */
  readonly system?: string
  readonly display: string
}

export interface QuantityWords {
  readonly value: number
  /** As written, e.g. `tablet`; UCUM or EDQM code where there is one. */
  readonly unit: CodedWords
}

export interface MedicineIngredient {
  readonly substance: CodedWords
  /** Strength as written, e.g. `500 mg` or `5 mg/ml`. */
  readonly strength?: string
  readonly active: boolean
}

export interface Medicine {
  /** Brand name with or without strength, when the prescriber named a product. */
  readonly product?: CodedWords
  readonly atc?: CodedWords
  readonly doseForm?: CodedWords
  readonly ingredients: readonly MedicineIngredient[]
  readonly strength?: string
  /** From the outside in: `3 blisters`, `10 tablets`. */
  readonly packaging: readonly string[]
  /** Contents of one package, e.g. 30 tablets. */
  readonly packageSize?: QuantityWords
}

export interface PrescribedItem {
  /** Identifies the line within the prescription: `system|value`. */
  readonly id: string
  /** Full URL of its MedicationRequest in the bundle. */
  readonly resource: string
  readonly medicine: Medicine
  /** Posology in words of the document, one line for each instruction. */
  readonly posology: readonly string[]
  readonly route?: CodedWords
  /** How much may be given in all: packages or units. */
  readonly quantity?: QuantityWords
  /** How often it may be dispensed again after the first time. */
  readonly repeats?: number
  readonly substitution: 'allowed' | 'not-allowed' | 'not-stated'
  readonly substitutionReason?: string
  /** Dispensed before, as the document tells; the national side has the last word. */
  readonly dispensedBefore?: QuantityWords
  readonly instructionsToPharmacist?: string
}

export interface Prescription {
  /** `system|value` of the eP document. */
  readonly id: string
  /** `system|value` of the prescription itself, the same in all its renditions (eHDSI prescription id). */
  readonly prescriptionId?: string
  readonly issued: string
  /** ISO date up to which it may be dispensed, when stated. */
  readonly validUntil?: string
  readonly prescriber: string
  readonly prescriberOrganisation?: string
  readonly items: readonly PrescribedItem[]
  readonly status: 'open' | 'partly-dispensed' | 'dispensed' | 'cancelled' | 'not-stated'
}

/** What the pharmacist hands out for one line. */
export interface DispensedItem {
  /** `PrescribedItem.id`. */
  readonly prescribedItem: string
  readonly product: { readonly name: string; readonly code?: string; readonly system?: string }
  /** True when it is another product than prescribed. */
  readonly substituted: boolean
  /** Packages given. */
  readonly packages: number
  readonly packageSize?: QuantityWords
  readonly batch?: string
}

export interface DispensationFacts {
  /** `urn:uuid:…` or `system|value`; made once when the pharmacist confirms. */
  readonly dispensationId: string
  readonly dispensed: string
  readonly pharmacist: { readonly identifier: string; readonly given: string; readonly family: string }
  readonly pharmacy: { readonly identifier: string; readonly name: string; readonly country: string }
  readonly items: readonly DispensedItem[]
}
