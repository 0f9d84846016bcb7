/**
 * The one door to research data: verifies the permit, its standing and what it covers, and has the decision in the ledger
 * before anybody learns of it.
 */
import { type Failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import { type Access, type AccessProblemCode, checkAccess } from './check.ts'
import type { DatasetScope, Permit } from './permit.ts'
import { verifyPermit } from './permit-signature.ts'
import type { PermitStore } from './permit-store.ts'
import { type ResearchNode, researchEvent } from './research-event.ts'
import type { RevocationProblemCode } from './revocation-list.ts'
import type { SignedProblemCode, Verified } from './signed-json.ts'
import type { TrustList } from './trust-list.ts'

export interface Door {
  readonly node: ResearchNode
  readonly trust: TrustList
  readonly permits: PermitStore
  readonly ledger: Ledger
}

export type DoorProblemCode = SignedProblemCode | RevocationProblemCode | AccessProblemCode | 'permit-differs'

export interface Authorised {
  readonly permit: Verified<Permit>
  readonly scope: DatasetScope
}

/**
 * @param permitText the JWS as the person, or the task, brought it
 * @param details for the ledger: the task, the query's hash
 * Rejects when the ledger does not take the entry: the access must then not happen.
 */
export async function authorise(
  door: Door,
  permitText: string,
  access: Access,
  details: Readonly<Record<string, string>> = {},
): Promise<Result<Authorised, DoorProblemCode>> {
  const verified = await verifyPermit(permitText, door.trust, access.at)
  const decided = verified.ok ? await decide(door, permitText, verified.value, access) : verified
  const permit = verified.ok ? verified.value.content : undefined
  const release = decided.ok ? decided.value.scope.release : undefined
  await recordDecision(door, permit, access, decided, release === undefined ? details : { release, ...details })
  return decided
}

async function decide(
  door: Door,
  text: string,
  permit: Verified<Permit>,
  access: Access,
): Promise<Result<Authorised, DoorProblemCode>> {
  const scope = checkAccess(permit.content, access)
  if (!scope.ok) return scope
  const standing = await door.permits.standingOf(permit.content, access.at)
  if (!standing.ok) return standing
  const kept = await door.permits.keep(permit, text, access.at)
  if (!kept.ok) return kept
  return ok({ permit, scope: scope.value })
}

async function recordDecision(
  { ledger, node }: Door,
  permit: Permit | undefined,
  access: Access,
  decided: Result<unknown>,
  details: Readonly<Record<string, string>>,
): Promise<void> {
  const known = permit?.persons.find(({ identifier }) => identifier === access.person)
  await ledger.append(
    researchEvent({
      step: 'access-decided',
      recorded: access.at,
      node,
      person: { identifier: access.person, ...(known ? { name: known.name } : {}) },
      purpose: access.purpose,
      dataset: access.dataset,
      ...(permit ? { permit: permit.id } : {}),
      ...(decided.ok ? {} : { refused: decided.problem }),
      details: { tool: access.tool, output: access.output, ...details },
    }),
  )
}

/** The ledger's word that something of a permit was refused later than at the door: outside a view, by disclosure control. */
export async function recordRefusal<Code extends string>(
  door: Door,
  permit: Permit,
  access: Access,
  problem: Problem<Code>,
  details: Readonly<Record<string, string>> = {},
): Promise<Failed<Code>> {
  await recordDecision(door, permit, access, { ok: false, problem }, details)
  return { ok: false, problem }
}
