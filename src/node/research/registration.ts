/** How a health data access body is registered: where other bodies reach it, and how it stands on the trust list. Nothing of it is secret. */
import type { TrustedParty } from '#research/permits/trust-list.ts'
import type { ResearchAddress } from '#wire/discovery/directory.ts'
import { makeResearchKeys, openResearchKeys, type PartyOf, partyOf } from './keys.ts'
import { DCAT_PATH, researchKeyFolder } from './paths.ts'

export interface BodyOfNode extends PartyOf {
  /** Folder of everything that the node writes. */
  readonly home: string
  /** Origins. */
  readonly border: string
  readonly portal: string
}

export interface BodyRegistration {
  readonly address: ResearchAddress
  readonly party: TrustedParty
  /** Of the keys. */
  readonly folder: string
  /** Made now; false: they were there. */
  readonly made: boolean
}

/** Makes the keys where there are none. Rejects with a `ProblemError` when they cannot be made, or are damaged. */
export async function registrationOf(
  { home, border, portal, ...body }: BodyOfNode,
  now: Date,
): Promise<BodyRegistration> {
  const folder = researchKeyFolder(home)
  const made = await makeResearchKeys(folder, now)
  const party = partyOf(await openResearchKeys(folder), body)
  return { address: { base: border, catalogue: `${portal}${DCAT_PATH}` }, party, folder, made }
}
