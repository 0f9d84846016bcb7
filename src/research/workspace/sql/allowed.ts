/** What SQL of a workspace may call and cast to: data (`data/research/workspace/sql.json`). Everything else is refused. */
import { z } from 'zod'
import data from '../../../../data/research/workspace/sql.json' with { type: 'json' }

const Names = z.array(z.string().min(1)).min(1)

const { tableFunctions, types, version, ...groups } = z
  .strictObject({
    version: z.string(),
    operators: Names,
    aggregates: Names,
    windows: Names,
    numbers: Names,
    texts: Names,
    days: Names,
    lists: Names,
    tableFunctions: Names,
    types: Names,
  })
  .parse(data)

export const SQL_VERSION = version
export const FUNCTIONS: ReadonlySet<string> = new Set(Object.values(groups).flat())
export const TABLE_FUNCTIONS: ReadonlySet<string> = new Set(tableFunctions)
export const TYPES: ReadonlySet<string> = new Set(types)
