/**
 * The assertions that country B's questions travel with over IHE: one HCP assertion for a professional at work, one TRC
 * assertion for each of his patients, one for a next of kin. Kept while they hold, so that a journey does not sign anew at
 * each step; a convenience of one replica.
 */
import { FACILITY_TYPES, type FacilityType, type HcpStatement, type SealSigner } from '#trust/assertions/assertions.ts'
import { issueHcpAssertion, issueNextOfKinAssertion, issueTrcAssertion } from '#trust/assertions/issue-assertions.ts'
import { type HcpFacts, hcpStatement, nextOfKinStatement, trcStatement } from '#trust/assertions/statements.ts'
import type { OutgoingAssertions } from '#wire/ihe/exchange.ts'
import type { VerifiedCaller } from '../../border/border-service.ts'

export interface AssertionDesk {
  /**
   * Undefined when they cannot be written: a role that MyHealth@EU does not know, a sign-in with one factor, a patient
   * without OID. `patient` is absent while he is being identified.
   */
  assertionsFor(caller: VerifiedCaller, patient?: string): Promise<OutgoingAssertions | undefined>
}

export interface AssertionDeskOptions {
  readonly signer: SealSigner
  /** SAML class of the sign-in with which this country's professionals were authenticated. */
  readonly authnContext: string
  readonly clock: () => Date
}

/** One that ends within this time is not sent any more: the other clock may be ahead. */
const MARGIN = 5 * 60_000
const MOST = 2000

interface Held<Statement> {
  readonly statement: Statement
  readonly xml: string
}

export function assertionDesk({ signer, authnContext, clock }: AssertionDeskOptions): AssertionDesk {
  const hcps = shelf<HcpStatement>(clock)
  const others = shelf<Pick<HcpStatement, 'notOnOrAfter'>>(clock)
  return {
    async assertionsFor(caller, patient) {
      const { country, purpose, nextOfKin, dispensationPin, prescriptionId } = caller
      const facts = hcpFacts(caller, authnContext)
      const hcp = hcps(facts, () => {
        const said = hcpStatement(facts, clock())
        return said.ok ? { statement: said.value, xml: issueHcpAssertion(said.value, signer) } : undefined
      })
      if (!hcp) return undefined
      const frame = { country, hcp: hcp.statement }
      const kin =
        nextOfKin &&
        others(['kin', hcp.statement.assertionId, nextOfKin], () => {
          const statement = nextOfKinStatement({ ...frame, nextOfKin }, clock())
          return { statement, xml: issueNextOfKinAssertion(statement, signer) }
        })
      if (patient === undefined) return { hcp: hcp.xml, ...(kin ? { nextOfKin: kin.xml } : {}) }
      const asked = {
        patient,
        purpose,
        ...(dispensationPin === undefined ? {} : { dispensationPin }),
        ...(prescriptionId === undefined ? {} : { prescriptionId }),
      }
      const trc = others(['trc', hcp.statement.assertionId, asked], () => {
        const said = trcStatement({ ...frame, ...asked }, clock())
        return said.ok ? { statement: said.value, xml: issueTrcAssertion(said.value, signer) } : undefined
      })
      return trc && { hcp: hcp.xml, trc: trc.xml, ...(kin ? { nextOfKin: kin.xml } : {}) }
    },
  }
}

/** Gives what was made for the same key while it holds, or makes it anew. */
function shelf<Statement extends Pick<HcpStatement, 'notOnOrAfter'>>(clock: () => Date) {
  const held = new Map<string, Held<Statement>>()
  return (key: unknown, make: () => Held<Statement> | undefined): Held<Statement> | undefined => {
    const name = JSON.stringify(key)
    const earlier = held.get(name)
    if (earlier && Date.parse(earlier.statement.notOnOrAfter) - MARGIN > clock().getTime()) return earlier
    const made = make()
    held.delete(name)
    for (const oldest of held.keys()) {
      if (held.size < MOST) break
      held.delete(oldest)
    }
    if (made) held.set(name, made)
    return made
  }
}

function hcpFacts({ country, homeCommunityId, professional, purpose }: VerifiedCaller, authnContext: string): HcpFacts {
  const { identifier, name, role, organisation, facilityType, pointOfCare, onBehalfOf } = professional
  return {
    country,
    ...(homeCommunityId === undefined ? {} : { homeCommunityId }),
    subject: { nameId: identifier.slice(identifier.lastIndexOf('|') + 1) },
    professional: {
      name,
      role: role.code,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
      organisation,
      facilityType: facilityOf(facilityType),
      pointOfCare: pointOfCare ?? organisation.name,
      identifier,
    },
    purpose,
    authnContext,
  }
}

function facilityOf(kind: string | undefined): FacilityType {
  return FACILITY_TYPES.find((one) => one === kind) ?? 'Other'
}
