/** SAML assertions → the caller that the desk knows. Nothing of them is used before signatures, trust and times were checked. */
import type { AssertionTrust, HcpStatement } from '#trust/assertions/assertions.ts'
import { organisationFromUrn } from '#trust/assertions/identifiers.ts'
import { hasPermissions } from '#trust/assertions/permissions.ts'
import { wireCodeOf } from '#trust/assertions/problems.ts'
import { type AssertionVerdict, verifyAssertions } from '#trust/assertions/verify-assertions.ts'
import { ehdsiError, isEhdsiCode } from '#wire/errors/ehdsi-errors.ts'
import type { IheCall } from '#wire/ihe/exchange.ts'
import type { VerifiedCaller } from '../border/border-service.ts'
import type { Credentials } from './authenticated-call.ts'
import type { IheOptions } from './country-a.ts'
import type { Desk } from './desk.ts'
import { type CareRefusal, careRefusal } from './refusals.ts'

export interface AskedOverIhe {
  /** XCPD needs the HCP assertion only. */
  readonly needsTrc: boolean
  /** `identify`, or the class of documents: what the permissions of the assertion must cover. */
  readonly asked: string
}

export async function iheCredentials(
  desk: Desk,
  options: IheOptions,
  call: IheCall,
  { needsTrc, asked }: AskedOverIhe,
): Promise<Credentials> {
  const { certificate } = call.connection
  if (!call.security) return refusedWith(NO_ASSERTIONS, 'assertion-hcp-missing')
  if (!certificate?.country || !(await isListed(desk, certificate.country, certificate.fingerprint))) {
    return refusedWith(UNLISTED, 'certificate-unlisted')
  }
  const verdict = await verifyAssertions(call.security, {
    now: desk.clock(),
    trusted: (country): Promise<AssertionTrust | undefined> => options.assertionTrust(country),
    tlsCountry: certificate.country,
    needsTrc,
    profile: options.profile(certificate.country) === 'openncp' ? 'openncp' : 'strict',
    ...(call.message ? { message: call.message } : {}),
  })
  if (!verdict.ok) return refusedVerdict(verdict)
  const { hcp, trc, nextOfKin, country, signer } = verdict.value
  const vouched = await vouchedFor(desk, hcp, country, signer)
  if (!vouched) return refusedWith(UNVOUCHED, 'bridge-country')
  const caller: VerifiedCaller = {
    ...callerIn(hcp, vouched),
    patient: trc?.patient,
    ...(trc ? { relationship: { declaredAt: trc.notBefore } } : {}),
    ...(nextOfKin ? { nextOfKin: nextOfKin.nextOfKin } : {}),
    ...(trc?.dispensationPin === undefined ? {} : { dispensationPin: trc.dispensationPin }),
    ...(trc?.prescriptionId === undefined ? {} : { prescriptionId: trc.prescriptionId }),
  }
  if (!hasPermissions(asked, hcp.professional.permissions)) {
    return { ok: false, refusal: NO_PERMISSION, detail: 'assertion-permissions', caller }
  }
  return { ok: true, caller }
}

interface Vouched {
  readonly country: string
  readonly homeCommunityId: string | undefined
}

/** No trust on discovery: the certificate of the connection must be on the reviewed list, or be the own bridge's. */
async function isListed(desk: Desk, country: string, fingerprint: string): Promise<boolean> {
  if (desk.bridge?.certificates.includes(fingerprint)) return true
  return (await desk.trust(country))?.certificates.includes(fingerprint) ?? false
}

/**
 * Whose professional this is: of the country that signed, or of the country that the own bridge names as issuer
 * (`urn:idp:FR:countryB`), which must take part. Nobody else can speak for a third country.
 */
async function vouchedFor(
  desk: Desk,
  { issuer, homeCommunityId }: HcpStatement,
  signedBy: string,
  signer: string,
): Promise<Vouched | undefined> {
  if (!desk.bridge?.seals?.includes(signer)) {
    return { country: signedBy, homeCommunityId: (await desk.trust(signedBy))?.homeCommunityId ?? homeCommunityId }
  }
  const named = /^urn:idp:([A-Z]{2}):/.exec(issuer)?.[1]
  const participant = named === undefined ? undefined : await desk.trust(named)
  return participant && { country: participant.country, homeCommunityId: participant.homeCommunityId }
}

function callerIn(
  { professional, subject, purpose }: HcpStatement,
  { country, homeCommunityId }: Vouched,
): Omit<VerifiedCaller, 'patient'> {
  const { name, role, onBehalfOf, organisation, facilityType, pointOfCare, identifier } = professional
  return {
    country,
    homeCommunityId,
    professional: {
      // Without a national identifier the name under which he signed in identifies him, within his country.
      identifier: identifier ?? `urn:tessera:name-id:${country}|${subject.nameId}`,
      name,
      role,
      organisation: {
        identifier: organisation?.identifier === undefined ? '' : organisationFromUrn(organisation.identifier),
        name: organisation?.name ?? pointOfCare,
      },
      facilityType,
      pointOfCare,
      ...(onBehalfOf ? { onBehalfOf: onBehalfOf.code } : {}),
    },
    purpose,
  }
}

function refusedVerdict(verdict: Exclude<AssertionVerdict, { readonly ok: true }>): Credentials {
  const { code, sentence, next } = verdict.problem
  const wire = wireCodeOf(code)
  const known = isEhdsiCode(wire) ? wire : 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'
  const refusal = careRefusal([ehdsiError(known).status, known], sentence, next, { detail: code })
  const { authenticated } = verdict
  if (!authenticated?.hcp) return { ok: false, refusal, detail: code }
  const who = { country: authenticated.country, homeCommunityId: authenticated.hcp.homeCommunityId }
  return { ok: false, refusal, detail: code, caller: { ...callerIn(authenticated.hcp, who), patient: undefined } }
}

function refusedWith(refusal: CareRefusal, detail: string): Credentials {
  return { ok: false, refusal, detail }
}

const NO_ASSERTIONS = careRefusal(
  [401, 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED'],
  'The request says nothing about who asks.',
  'Send the assertion of the professional.',
)

const UNLISTED = careRefusal(
  [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'The certificate of the connection is not on the trust list of its country.',
  'Publish the certificate before it is used.',
)

const UNVOUCHED = careRefusal(
  [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'The bridge vouches for a country that does not take part.',
  'Ask the central services.',
)

const NO_PERMISSION = careRefusal(
  [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS'],
  'The assertion of the professional lacks a permission that this transaction demands.',
  'Ask with the permissions of the eHDSI SAML profile.',
)
