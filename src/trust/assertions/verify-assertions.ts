/**
 * Verifies the assertions of a `wsse:Security` header. In this order: signatures (only signed content is read from then
 * on), the signers against the trust list, one country for all of them and for the connection, then what each says, then
 * that they belong together. Assertions are used again and again within their life, so what binds them to the sender is
 * the country of the connection, not a memory of their identifiers.
 */
import { type Failed, type Ok, ok, type Result } from '#platform/result/result.ts'
import { children } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { SignerCertificate } from '../signature/signer-certificate.ts'
import { checkSigner } from '../signature/signer-trust.ts'
import { verifySigned } from '../signature/verify-signed.ts'
import type {
  AssertionExpectation,
  HcpStatement,
  NextOfKinStatement,
  SecurityHeader,
  TrcStatement,
  VerifiedAssertions,
} from './assertions.ts'
import { type AssertionKind, SAML } from './names.ts'
import { type AssertionProblemCode, refused } from './problems.ts'
import { checkConditions, kindOf, type ReadAssertion, readAssertion } from './read-assertion.ts'
import { readHcp, readNextOfKin, readTrc } from './read-statements.ts'

/** What is certain although the request was refused: for the ledger, which must name who tried. */
export interface Authenticated {
  readonly country: string
  /** Hex SHA-256 of the certificate. */
  readonly signer: string
  /** The professional, when his assertion is genuine and whole; it may be out of time. */
  readonly hcp?: HcpStatement
}

export type AssertionVerdict =
  | Ok<VerifiedAssertions>
  | (Failed<AssertionProblemCode> & { readonly authenticated?: Authenticated })

/** One of each kind at most, so that more is refused before any work. */
const MOST_ASSERTIONS = 3

export async function verifyAssertions(
  security: SecurityHeader,
  expectation: AssertionExpectation,
): Promise<AssertionVerdict> {
  const came = children(security, 'Assertion', SAML)
  if (came.length === 0) return refused('assertion-hcp-missing', 'The request says nothing about who asks.')
  if (came.length > MOST_ASSERTIONS)
    return refused('assertion-several', 'The request has more assertions than it may have.')
  const genuine: GenuineAssertion[] = []
  let problem: Failed<AssertionProblemCode> | undefined
  for (const assertion of came) {
    const result = await authenticate(assertion, security, expectation)
    if (result.ok) genuine.push(result.value)
    else problem ??= result
  }
  const of = (kind: AssertionKind) => genuine.filter((one) => one.kind === kind)
  const [hcp, ...moreHcp] = of('hcp')
  const read = hcp && readWhole(hcp, expectation, readHcp)
  const authenticated: Authenticated | undefined =
    hcp && moreHcp.length === 0
      ? { country: hcp.country, signer: hcp.signer.fingerprint, ...(read?.statement && { hcp: read.statement }) }
      : undefined
  const refuse = (failure: Failed<AssertionProblemCode>): AssertionVerdict =>
    authenticated ? { ...failure, authenticated } : failure
  if (problem !== undefined) return refuse(problem)
  if (genuine.length > new Set(genuine.map(({ kind }) => kind)).size) {
    return refuse(refused('assertion-several', 'The request has two assertions of one kind.'))
  }
  if (hcp === undefined || read === undefined) {
    return refuse(refused('assertion-hcp-missing', 'The request says nothing about who asks.'))
  }
  const together = countriesProblem(genuine, expectation.tlsCountry)
  if (together !== undefined) return refuse(together)
  if (!read.result.ok) return refuse(read.result)
  const bound = readBound(read.result.value, of('trc')[0], of('nextOfKin')[0], expectation)
  if (!bound.ok) return refuse(bound)
  return ok({ hcp: read.result.value, ...bound.value, country: hcp.country, signer: hcp.signer.fingerprint })
}

interface GenuineAssertion {
  readonly kind: AssertionKind
  /** From the bytes that were signed. */
  readonly element: XmlElement
  readonly signer: SignerCertificate
  readonly country: string
}

/** A genuine signature of a signer on the list of his country, and nothing said yet about what is in it. */
async function authenticate(
  assertion: XmlElement,
  security: XmlElement,
  expectation: AssertionExpectation,
): Promise<Result<GenuineAssertion, AssertionProblemCode>> {
  const signed = verifySigned(assertion, { document: expectation.message ?? security })
  if (!signed.ok) return signed
  const { element, signer } = signed.value
  if (element.name !== 'Assertion' || element.namespace !== SAML)
    return refused('assertion-shape', 'This is no assertion.')
  const { country } = signer
  if (country === undefined)
    return refused('assertion-country', 'The certificate of the signer does not name its country.')
  const trust = await expectation.trusted(country)
  if (trust === undefined)
    return refused('signer-unlisted', 'The country of the signer does not take part in the exchange.')
  const trusted = checkSigner(signer, trust, expectation.now)
  if (!trusted.ok) return trusted
  const kind = kindOf(element)
  if (kind === undefined) return refused('assertion-kind', 'It is not said what kind of assertion this is.')
  return ok({ kind, element, signer, country })
}

/** Each country speaks for its own professionals, over its own connection. */
function countriesProblem(
  genuine: readonly GenuineAssertion[],
  tlsCountry: string | undefined,
): Failed<AssertionProblemCode> | undefined {
  if (genuine.every(({ country }) => country === tlsCountry)) return undefined
  return refused('assertion-country', 'The country that signed is not the country that sent.')
}

interface WholeStatement<T> {
  /** Also when it is out of time or for another audience. */
  readonly statement: T | undefined
  readonly result: Result<T, AssertionProblemCode>
}

function readWhole<T>(
  { element }: GenuineAssertion,
  { profile, now }: AssertionExpectation,
  readStatement: (read: ReadAssertion, profile: AssertionExpectation['profile']) => Result<T, AssertionProblemCode>,
): WholeStatement<T> {
  const read = readAssertion(element, profile)
  if (!read.ok) return { statement: undefined, result: read }
  const statement = readStatement(read.value, profile)
  const conditions = checkConditions(element, read.value, profile, now)
  return { statement: statement.ok ? statement.value : undefined, result: conditions.ok ? statement : conditions }
}

type Bound = Pick<VerifiedAssertions, 'trc' | 'nextOfKin'>

/** The assertions that were made from the professional's: they must say so, and the TRC must be about him. */
function readBound(
  hcp: HcpStatement,
  trcAssertion: GenuineAssertion | undefined,
  kinAssertion: GenuineAssertion | undefined,
  expectation: AssertionExpectation,
): Result<Bound, AssertionProblemCode> {
  if (trcAssertion === undefined && expectation.needsTrc) {
    return refused('assertion-trc-missing', 'The request does not confirm that the professional treats the patient.')
  }
  const trc = trcAssertion && readWhole<TrcStatement>(trcAssertion, expectation, readTrc).result
  if (trc && !trc.ok) return trc
  const kin = kinAssertion && readWhole<NextOfKinStatement>(kinAssertion, expectation, readNextOfKin).result
  if (kin && !kin.ok) return kin
  const foreign = [trc?.value, kin?.value].some((made) => made !== undefined && made.hcpAssertionId !== hcp.assertionId)
  if (foreign || (trc && trc.value.nameId !== hcp.subject.nameId)) {
    return refused('assertion-belongs-to-another', 'The assertions of the request do not belong together.')
  }
  return ok({ ...(trc && { trc: trc.value }), ...(kin && { nextOfKin: kin.value }) })
}
