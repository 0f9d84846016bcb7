/** Labels for the activity report (EHDS Art. 59(1)): how many say something in each group of Art. 78(3). */
import { type CatalogueStore, OWN } from '../store/catalogue-store.ts'
import { LABEL_RULES, type LabelGroup } from './elements.ts'
import { labelIn } from './in-description.ts'

const GROUP_OF = new Map(LABEL_RULES.elements.map(({ id, group }) => [id, group]))

/**
 * Group → labels of own, published descriptions that were issued in the period.
 * @param period ISO days, both inclusive
 */
export async function labelsIssued(
  catalogue: Pick<CatalogueStore, 'search'>,
  period: { readonly from: string; readonly to: string },
): Promise<Readonly<Partial<Record<LabelGroup, number>>>> {
  const counts: Partial<Record<LabelGroup, number>> = {}
  for (let after: string | undefined; ; ) {
    const page = await catalogue.search({
      source: OWN,
      facets: { label: ['yes'] },
      limit: 100,
      ...(after === undefined ? {} : { after }),
    })
    for (const record of page.records) {
      const label = labelIn(record.graph(), record.iri)
      if (!label || label.issued < period.from || label.issued > period.to) continue
      const groups = new Set(label.statements.flatMap(({ element }) => GROUP_OF.get(element) ?? []))
      for (const group of groups) counts[group] = (counts[group] ?? 0) + 1
    }
    if (page.next === undefined) return counts
    after = page.next
  }
}
