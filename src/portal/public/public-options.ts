/** What the public pages need: the catalogue, the register of cases, and the rules that name purposes and categories. */

import type { Procedures } from '#research/applications/procedure.ts'
import type { OutsideNumbers } from '#research/applications/register/activity-report.ts'
import type { CaseLists } from '#research/applications/store/case-lists.ts'
import type { HarvestedCatalogues } from '#research/catalogue/harvest/reports.ts'
import type { CatalogueStore } from '#research/catalogue/store/catalogue-store.ts'
import type { SiteOptions } from '../ui/site.ts'

/** A catalogue alone: at the Union's node there are no cases, and nobody applies. */
export interface CataloguePageOptions extends SiteOptions {
  /** ISO 3166-1 alpha-2; `EU` is the Union. */
  readonly country: string
  readonly catalogue: Pick<CatalogueStore, 'search' | 'find'>
  /** The catalogues of others in this one (Art. 79); absent: this node harvests nobody. */
  readonly harvested?: HarvestedCatalogues
  /** What a health data access body has beside its catalogue: where researchers apply. Absent: there is no body here. */
  readonly body?: { readonly researcherPages: string }
}

export interface PublicPageOptions extends Omit<CataloguePageOptions, 'body'> {
  /** The health data access body is `procedures.body`. */
  readonly procedures: Procedures
  readonly register: Pick<CaseLists, 'register' | 'allEvents'>
  /** Of the activity report what does not follow from cases (Art. 59(1)); absent: labels are counted, audits are not shown. */
  readonly outside?: (period: { readonly from: string; readonly to: string }) => Promise<OutsideNumbers>
  /** Where researchers apply; `/research` when absent. */
  readonly researcherPages?: string
}
