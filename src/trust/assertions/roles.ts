/** The roles that HCP assertions may name, with their English names and the permissions they are given by default. */
import { z } from 'zod'
import table from '../../../data/roles/assertion-roles.json' with { type: 'json' }
import european from '../../../data/roles/european.json' with { type: 'json' }

const Table = z.object({
  system: z.string(),
  systemName: z.string(),
  roles: z.record(z.string(), z.object({ display: z.string(), permissions: z.array(z.string()) })),
  /** Roles that are finer than those of the assertion → the one that is said. */
  narrower: z.record(z.string(), z.string()),
})

const { roles, narrower, ...codeSystem } = Table.parse(table)
const names = z.object({ roles: z.record(z.string(), z.record(z.string(), z.string())) }).parse(european).roles

export const ROLE_SYSTEM: { readonly system: string; readonly systemName: string } = codeSystem

export interface AssertedRole {
  readonly code: string
  readonly display: string
  readonly permissions: readonly string[]
}

/** As what a role is asserted across the border: `2211` is said as `221`. Undefined when eHDSI has no such role. */
export function assertedRole(code: string): AssertedRole | undefined {
  const said = narrower[code] ?? code
  const known = roles[said]
  return known && { code: said, ...known }
}

/** The English name of a role that others may send; also of the finer roles of the value set. */
export function knownRoleName(code: string): string | undefined {
  return roles[code]?.display ?? names[code]?.en
}
