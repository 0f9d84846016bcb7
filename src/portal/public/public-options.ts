/** What the public pages need: the catalogue, the register of cases, and the rules that name purposes and categories. */

import type { Procedures } from '#research/applications/procedure.ts'
import type { OutsideNumbers } from '#research/applications/register/activity-report.ts'
import type { CaseLists } from '#research/applications/store/case-lists.ts'
import type { CatalogueStore } from '#research/catalogue/store/catalogue-store.ts'
import type { SiteOptions } from '../ui/site.ts'

export interface PublicPageOptions extends SiteOptions {
  /** ISO 3166-1 alpha-2, of this node. */
  readonly country: string
  /** The health data access body is `procedures.body`. */
  readonly procedures: Procedures
  readonly catalogue: Pick<CatalogueStore, 'search' | 'find'>
  readonly register: Pick<CaseLists, 'register' | 'allEvents'>
  /** Of the activity report what does not follow from cases (Art. 59(1)); absent: labels are counted, audits are not shown. */
  readonly outside?: (period: { readonly from: string; readonly to: string }) => Promise<OutsideNumbers>
  /** Where researchers apply; `/research` when absent. */
  readonly researcherPages?: string
}
