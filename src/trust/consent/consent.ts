/** The patient's cross-border choice, held by country A. Absence of a row means the country's default. */
export interface ConsentStore {
  /** True when the patient lets professionals of `country` read documents of this LOINC class. */
  permits(patient: string, country: string, documentClass: string): Promise<boolean>
  record(choice: ConsentChoice): Promise<void>
}

export interface ConsentChoice {
  /** `system|value`. */
  readonly patient: string
  /** ISO 3166-1 alpha-2, or `*` for every country. */
  readonly country: string
  /** LOINC class, or `*`. */
  readonly documentClass: string
  readonly decision: 'permit' | 'deny'
  readonly recorded: string
}
