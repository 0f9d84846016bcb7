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
  /** Told of every assertion that was made: each is an event of the audit trail (EHDSI-91, 92, 96). */
  readonly onIssued?: (issued: IssuedAssertion) => void
}

export interface IssuedAssertion {
  readonly kind: 'hcp' | 'trc' | 'next-of-kin'
  readonly assertionId: string
  readonly issuer: string
  readonly caller: VerifiedCaller
  /** `system|value`; absent for HCP assertions made before a patient was identified. */
  readonly patient?: string
}

type Issued = Pick<HcpStatement, 'assertionId' | 'issuer'>

/** One that ends within this time is not sent any more: the other clock may be ahead. */
const MARGIN = 5 * 60_000
const MOST = 2000

interface Held<Statement> {
  readonly statement: Statement
  readonly xml: string
}

export function assertionDesk({ signer, authnContext, clock, onIssued }: AssertionDeskOptions): AssertionDesk {
  const hcps = shelf<HcpStatement>(clock)
  const others = shelf<Pick<HcpStatement, 'notOnOrAfter'>>(clock)
  return {
    async assertionsFor(caller, patient) {
      const { country, purpose, nextOfKin, dispensationPin, prescriptionId } = caller
      const facts = hcpFacts(caller, authnContext)
      const told = (kind: IssuedAssertion['kind'], { assertionId, issuer }: Issued) =>
        onIssued?.({ kind, assertionId, issuer, caller, ...(patient === undefined ? {} : { patient }) })
      const hcp = hcps(facts, () => {
        const said = hcpStatement(facts, clock())
        if (!said.ok) return undefined
        told('hcp', said.value)
        return { statement: said.value, xml: issueHcpAssertion(said.value, signer) }
      })
      if (!hcp) return undefined
      const frame = { country, hcp: hcp.statement }
      const kin =
        nextOfKin &&
        others(['kin', hcp.statement.assertionId, nextOfKin], () => {
          const statement = nextOfKinStatement({ ...frame, nextOfKin }, clock())
          told('next-of-kin', statement)
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
        if (!said.ok) return undefined
        told('trc', said.value)
        return { statement: said.value, xml: issueTrcAssertion(said.value, signer) }
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
