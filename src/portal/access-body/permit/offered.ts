/** What a permit can name: the datasets asked for here, each with tables and columns that can be shown under a permit. */
import { CDM_TABLES } from '#research/omop/specification/cdm.ts'
import type { DatasetId, DatasetScope } from '#research/permits/permit.ts'
import { tableFacts } from '#research/permits/table-facts.ts'
import type { PartSeen } from '../../case-desk/acting.ts'
import type { AccessBodyPageOptions, DatasetTable } from '../access-body-options.ts'

export interface OfferedDataset {
  readonly dataset: DatasetId
  readonly tables: readonly DatasetTable[]
  /** Of the permit that is amended. */
  readonly scope?: DatasetScope
}

const FACTS = tableFacts(CDM_TABLES)

/** Tables that say whose their rows are, without what tells who a person is outside the data (EHDS Art. 66(3)). */
const MODEL: readonly DatasetTable[] = [...FACTS.values()]
  .filter(({ about }) => about === 'person' || about === 'system')
  .map(({ name, columns }) => ({ table: name, columns: [...columns.keys()] }))

export async function offeredDatasets(
  { part }: PartSeen,
  tablesOf: AccessBodyPageOptions['tablesOf'],
): Promise<readonly OfferedDataset[]> {
  return await Promise.all(
    part.datasets.map(async ({ dataset }) => {
      const tables = (await tablesOf(dataset)) ?? MODEL
      const scope = part.permit?.datasets.find((one) => one.dataset === dataset)
      return { dataset, tables: tables.map(withoutIdentity), ...(scope ? { scope } : {}) }
    }),
  )
}

function withoutIdentity({ columns, ...table }: DatasetTable): DatasetTable {
  const facts = FACTS.get(table.table)
  return { ...table, columns: columns.filter((column) => facts?.columns.get(column)?.identifies !== true) }
}
