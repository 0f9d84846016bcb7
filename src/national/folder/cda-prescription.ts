/** What an ePrescription in CDA says of its lines (eHDSI eP: substanceAdministration with supply; pharmacy extensions in any of their namespaces). */
import { attribute, child, children, descend, elements, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { PrescriptionHeader, PrescriptionLine } from './document-header.ts'

/** LOINC class of the ePrescription (eHDSI classCode), and of its section. */
export const PRESCRIPTION = '57833-6'
const SECTION = '57828-6'
const ATC = '2.16.840.1.113883.6.73'
const SUBSTITUTION = '2.16.840.1.113883.5.1070'

/** Undefined for documents of other classes. At level 1 there are identifiers and no lines. */
export function readCdaPrescription(root: XmlElement): PrescriptionHeader | undefined {
  if (attribute(child(root, 'code'), 'code') !== PRESCRIPTION) return undefined
  const sections = children(descend(root, 'component', 'structuredBody'), 'component')
    .map((component) => child(component, 'section'))
    .filter((section) => attribute(child(section, 'code'), 'code') === SECTION)
  const administrations = sections.flatMap((section) =>
    children(section, 'entry').flatMap((entry) => children(entry, 'substanceAdministration')),
  )
  const [first] = administrations
  const validUntil = administrations.map(lastDay).find((day) => day !== undefined)
  const ids = [child(root, 'setId'), child(root, 'id'), ...sections.map((section) => child(section, 'id'))]
  return {
    identifiers: [...new Set(ids.flatMap((id) => tokenOf(id) ?? []))],
    lines: administrations.map(lineOf),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(first ? medicineOf(first) : {}),
  }
}

function lineOf(administration: XmlElement): PrescriptionLine {
  const supply = children(administration, 'entryRelationship')
    .map((related) => child(related, 'supply'))
    .find((found) => found !== undefined)
  const packages = Number(attribute(child(supply, 'quantity'), 'value') ?? '1')
  const repeats = Number(attribute(child(supply, 'repeatNumber'), 'value') ?? '0')
  const count = Number.isFinite(packages) && packages > 0 ? packages : 1
  return {
    id: tokenOf(child(administration, 'id')) ?? '',
    packages: count * (1 + (Number.isInteger(repeats) && repeats > 0 ? repeats : 0)),
    substitutionAllowed: attribute(substitutionOf(administration), 'code') !== 'N',
  }
}

function substitutionOf(administration: XmlElement): XmlElement | undefined {
  return children(administration, 'entryRelationship')
    .map((related) => descend(related, 'observation', 'value'))
    .find((value) => attribute(value, 'codeSystem') === SUBSTITUTION)
}

function lastDay(administration: XmlElement): string | undefined {
  const value = children(administration, 'effectiveTime')
    .map((time) => attribute(child(time, 'high'), 'value'))
    .find((high) => high !== undefined)
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(value ?? '') ?? []
  return year === undefined ? undefined : `${year}-${month}-${day}`
}

function medicineOf(administration: XmlElement) {
  const material = descend(administration, 'consumable', 'manufacturedProduct', 'manufacturedMaterial')
  const atc = codeOf(
    everything(material).find((element) => element.name === 'code' && attribute(element, 'codeSystem') === ATC),
  )
  const product = words(child(material, 'name')) || attribute(child(material, 'code'), 'displayName')
  const doseForm = codeOf(child(material, 'formCode'))
  const strength = strengthOf(descend(material, 'ingredient', 'quantity'))
  const substitution = codeOf(substitutionOf(administration))
  return {
    ...(product ? { product } : {}),
    ...(atc ? { atc } : {}),
    ...(doseForm ? { doseForm } : {}),
    ...(strength === undefined ? {} : { strength }),
    ...(substitution ? { substitution } : {}),
  }
}

/** `5 mg`, `100 mg/5 mL`: a denominator of one unit is not worth saying. */
function strengthOf(quantity: XmlElement | undefined): string | undefined {
  const amount = quantityWords(child(quantity, 'numerator') ?? quantity)
  if (amount === undefined) return undefined
  const per = quantityWords(child(quantity, 'denominator'))
  return per === undefined || /^1( 1)?$/.test(per) ? amount : `${amount}/${per.replace(/^1 /, '')}`
}

function quantityWords(element: XmlElement | undefined): string | undefined {
  const value = attribute(element, 'value')
  if (value === undefined) return undefined
  const unit = attribute(element, 'unit')
  return unit === undefined || unit === '1' ? value : `${value} ${unit}`
}

function codeOf(element: XmlElement | undefined) {
  const code = attribute(element, 'code')
  return code === undefined ? undefined : { code, display: attribute(element, 'displayName') ?? code }
}

function tokenOf(element: XmlElement | undefined): string | undefined {
  const root = attribute(element, 'root')
  if (root === undefined) return undefined
  const extension = attribute(element, 'extension')
  return extension === undefined ? `urn:ietf:rfc:3986|urn:oid:${root}` : `urn:oid:${root}|${extension}`
}

function everything(element: XmlElement | undefined): readonly XmlElement[] {
  return elements(element).flatMap((one) => [one, ...everything(one)])
}
