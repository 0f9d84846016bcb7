/**
 * The frame that all three assertions share (SAML 2.0 core §2): issuer, subject, conditions, authentication, attributes.
 * Reads only elements that came out of a verified signature. What the frame does not know it refuses: a condition that
 * is not understood makes an assertion invalid (§2.5.1.1).
 */
import { ok, type Result } from '#platform/result/result.ts'
import { attribute, child, children, elements, text } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { AssertionProfile } from './assertions.ts'
import {
  type AssertionKind,
  AUDIENCE,
  LONGEST_LIFE,
  QUALIFIERS,
  SAML,
  SENDER_VOUCHES,
  URI_NAME_FORMAT,
} from './names.ts'
import { type AssertionProblemCode, refused } from './problems.ts'

export interface ReadAssertion {
  readonly kind: AssertionKind
  readonly assertionId: string
  readonly issuer: string
  readonly subject: { readonly nameId: string; readonly format: string; readonly alias?: string }
  readonly notBefore: string
  readonly notOnOrAfter: string
  readonly authnContext: string
  /** Advice/AssertionIDRef. */
  readonly advice: readonly string[]
  /** `Attribute/@Name` → its AttributeValue elements. */
  readonly attributes: ReadonlyMap<string, readonly XmlElement[]>
}

const ONCE = ['Issuer', 'Subject', 'Conditions', 'AuthnStatement', 'AttributeStatement'] as const

const shape = (sentence: string) => refused('assertion-shape', sentence)

/** What an assertion says it is, by its issuer's qualifier. */
export function kindOf(assertion: XmlElement): AssertionKind | undefined {
  const qualifier = attribute(child(assertion, 'Issuer', SAML), 'NameQualifier')
  return (['hcp', 'trc', 'nextOfKin'] as const).find((kind) => QUALIFIERS[kind] === qualifier)
}

/** Reads the frame; times are checked by `checkConditions`, so that an expired assertion can still be named. */
export function readAssertion(
  assertion: XmlElement,
  profile: AssertionProfile,
): Result<ReadAssertion, AssertionProblemCode> {
  const kind = kindOf(assertion)
  if (kind === undefined) return refused('assertion-kind', 'It is not said what kind of assertion this is.')
  if (attribute(assertion, 'Version') !== '2.0') return shape('The assertion is not one of SAML 2.0.')
  const assertionId = attribute(assertion, 'ID') ?? ''
  if (!isIdentifier(assertionId, profile)) {
    return refused('assertion-identifier', 'The identifier of the assertion does not have the right form.')
  }
  for (const name of ONCE) {
    if (children(assertion, name, SAML).length !== 1) return shape(`The assertion must have exactly one ${name}.`)
  }
  const issuer = said(child(assertion, 'Issuer', SAML))
  if (issuer === '') return refused('assertion-issuer', 'The assertion does not name its issuer.')
  const subject = readSubject(child(assertion, 'Subject', SAML))
  if (!subject.ok) return subject
  const conditions = child(assertion, 'Conditions', SAML)
  const attributes = readAttributes(child(assertion, 'AttributeStatement', SAML))
  if (!attributes.ok) return attributes
  const context = child(child(assertion, 'AuthnStatement', SAML), 'AuthnContext', SAML)
  return ok({
    kind,
    assertionId,
    issuer,
    subject: subject.value,
    notBefore: attribute(conditions, 'NotBefore') ?? '',
    notOnOrAfter: attribute(conditions, 'NotOnOrAfter') ?? '',
    authnContext: said(child(context, 'AuthnContextClassRef', SAML)),
    advice: children(child(assertion, 'Advice', SAML), 'AssertionIDRef', SAML).map(said),
    attributes: attributes.value,
  })
}

/** NCName; installations of OpenNCP also send `urn:uuid:…`. */
export function isIdentifier(id: string, profile: AssertionProfile): boolean {
  return /^[A-Za-z_][\w.-]*$/.test(id) || (profile === 'openncp' && /^urn:uuid:[0-9a-fA-F-]{36}$/.test(id))
}

function readSubject(subject: XmlElement | undefined): Result<ReadAssertion['subject'], AssertionProblemCode> {
  const nameIds = children(subject, 'NameID', SAML)
  const nameId = said(nameIds[0])
  if (nameIds.length !== 1 || nameId === '') return refused('assertion-subject', 'The assertion must name one subject.')
  const confirmations = children(subject, 'SubjectConfirmation', SAML)
  if (confirmations.length !== 1 || attribute(confirmations[0], 'Method') !== SENDER_VOUCHES) {
    return refused('assertion-confirmation', 'The sender must vouch for the subject (sender-vouches).')
  }
  const alias = attribute(nameIds[0], 'SPProvidedID')
  const format = attribute(nameIds[0], 'Format') ?? ''
  return ok({ nameId, format, ...(alias !== undefined && { alias }) })
}

function readAttributes(
  statement: XmlElement | undefined,
): Result<ReadonlyMap<string, readonly XmlElement[]>, AssertionProblemCode> {
  const found = new Map<string, readonly XmlElement[]>()
  for (const held of children(statement, 'Attribute', SAML)) {
    const name = attribute(held, 'Name') ?? ''
    if (attribute(held, 'NameFormat') !== URI_NAME_FORMAT) {
      return refused(
        'assertion-attribute',
        'An attribute of the assertion does not have the name format that is agreed.',
      )
    }
    // The same attribute in two elements is one with more values; readers of single values then refuse it.
    found.set(name, [...(found.get(name) ?? []), ...children(held, 'AttributeValue', SAML)])
  }
  return ok(found)
}

const TOLERANCE = 60_000

/** Times with 60 seconds for clocks that differ, longest life, audience, and no condition that is not understood. */
export function checkConditions(
  assertion: XmlElement,
  { kind, notBefore, notOnOrAfter }: ReadAssertion,
  profile: AssertionProfile,
  now: Date,
): Result<undefined, AssertionProblemCode> {
  const conditions = child(assertion, 'Conditions', SAML)
  const [from, until, issued] = [notBefore, notOnOrAfter, attribute(assertion, 'IssueInstant') ?? ''].map(instant)
  if (from === undefined || until === undefined || issued === undefined || from >= until) {
    return refused('assertion-life', 'The times of the assertion cannot be read.')
  }
  const time = now.getTime()
  if (time + TOLERANCE < from || time + TOLERANCE < issued) {
    return refused('assertion-not-yet-valid', 'The assertion is not valid yet.')
  }
  if (time - TOLERANCE >= until) return refused('assertion-expired', 'The assertion has expired.')
  if (until - from > LONGEST_LIFE[kind])
    return refused('assertion-life', 'The assertion would live longer than is agreed.')
  return checkAudience(elements(conditions), profile)
}

function checkAudience(
  conditions: readonly XmlElement[],
  profile: AssertionProfile,
): Result<undefined, AssertionProblemCode> {
  if (!conditions.every(({ name, namespace }) => name === 'AudienceRestriction' && namespace === SAML)) {
    return shape('The assertion has a condition that is not understood.')
  }
  const restrictions = conditions.map((restriction) => children(restriction, 'Audience', SAML).map(said))
  const none = restrictions.length === 0 && profile !== 'openncp'
  if (none || !restrictions.every((audiences) => audiences.includes(AUDIENCE))) {
    return refused('assertion-audience', 'The assertion is not meant for the exchange between countries.')
  }
  return ok(undefined)
}

/** xs:dateTime with its zone, in milliseconds. */
function instant(written: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(written)) return undefined
  const time = Date.parse(written)
  return Number.isNaN(time) ? undefined : time
}

/** The text of an element without the white space that pretty printers put around it. */
export function said(element: XmlElement | undefined): string {
  return text(element).trim()
}
