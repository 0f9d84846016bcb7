/** The rules of disclosure control that a permit carries; defaults and floors are data (`data/disclosure/rules.json`). */

export interface DisclosureRules {
  readonly version: string
  /** Cells of fewer distinct persons are hidden. */
  readonly frequencyFloor: number
  /** `cell-key`: noise bound to the persons of a cell, so that asking again teaches nothing. `round`: to a multiple. */
  readonly perturbation:
    | { readonly kind: 'round'; readonly base: number }
    | { readonly kind: 'cell-key'; readonly spread: number }
  /** Variables (`sex`), or single levels of one (`sex=unknown`), whose true zeros may be shown. */
  readonly zerosShownFor: readonly string[]
  /** A sum or mean is withheld when the `n` largest make `k` of it, or when (sum - top1 - top2)/top1 < `p`. */
  readonly dominance: { readonly n: number; readonly k: number; readonly p: number }
  /** Differential privacy on top, with a budget for the whole permit. */
  readonly privacyBudget?: { readonly epsilon: number; readonly perAnswer: number }
  /** `refuse`: one small cell refuses the whole table. Absent: `hide`. */
  readonly smallCells?: 'hide' | 'refuse'
  /** So many answers may be refused to an applicant on one dataset; then a person looks (EHDS Art. 73(1)(f)). Absent: 500. */
  readonly refusalsBeforeReview?: number
}
