/**
 * Reads a country's International Search Mask (ISM, schema `http://ec.europa.eu/sante/ehncp/ism`): which identifiers
 * and traits its patients are found by.
 */

import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, children, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { SearchMask, SearchMaskField } from './directory.ts'

export type SearchMaskProblemCode = 'mask-not-xml' | 'mask-not-ism' | 'mask-incomplete' | 'mask-too-wide'

const NAMESPACE = 'http://ec.europa.eu/sante/ehncp/ism'
const LIMITS = { bytes: 4 * 1024 * 1024, depth: 32, nodes: 20_000 }
const MOST_ALTERNATIVES = 32
const LONGEST_FORMAT = 500

/**
 * The mask in the file. `NORMAL` identifiers are asked for together; `CHOICE` means any one id, or any one group of
 * `ids`. The other traits belong to every alternative. Problems name the line.
 */
export function readSearchMask(
  bytes: Uint8Array,
  { file }: { readonly file?: string } = {},
): Result<SearchMask, SearchMaskProblemCode> {
  const parsed = parseXml(bytes, { limits: LIMITS, ...(file === undefined ? {} : { file }) })
  if (!parsed.ok) return { ok: false, problem: { ...parsed.problem, code: 'mask-not-xml' } }
  const { root } = parsed.value
  const at: At = (element) => ({
    ...(file === undefined ? {} : { file }),
    line: element?.line ?? 1,
  })
  const country = child(root, 'country', NAMESPACE)
  const code = attribute(country, 'code')
  const search = child(country, 'patientSearch', NAMESPACE)
  if (root.name !== 'searchFields' || root.namespace !== NAMESPACE || !search || !code || !/^[A-Z]{2}$/.test(code)) {
    return failed(
      'mask-not-ism',
      'This is not an International Search Mask with a country and a patient search.',
      'Give the file that the country publishes for its search mask.',
      at(root),
    )
  }
  const patients = personAlternatives(search, at)
  if (!patients.ok) return patients
  const kin = child(country, 'nextOfKinSearch', NAMESPACE)
  const nextOfKin = kin && personAlternatives(kin, at)
  if (nextOfKin && !nextOfKin.ok) return nextOfKin
  const documentSearch = children(country, 'documentSearch', NAMESPACE).flatMap(documentFields)
  return ok({
    country: code,
    alternatives: patients.value,
    ...(documentSearch.length > 0 ? { documentSearch } : {}),
    ...(nextOfKin ? { nextOfKin: nextOfKin.value } : {}),
  })
}

type At = (element: XmlElement | undefined) => { readonly file?: string; readonly line: number }

/** The groups of fields by which a person is found: any one group is enough. */
function personAlternatives(search: XmlElement, at: At): Result<SearchMaskField[][], SearchMaskProblemCode> {
  let alternatives: SearchMaskField[][] = [[]]
  for (const identifier of children(search, 'identifier', NAMESPACE)) {
    const choices = choicesOf(identifier)
    if (
      choices.length === 0 ||
      choices.some((fields) => fields.length === 0 || fields.some((field) => !field.domain))
    ) {
      return failed(
        'mask-incomplete',
        'An identifier of the mask has no domain or no id.',
        'Correct the mask.',
        at(identifier),
      )
    }
    alternatives = alternatives.flatMap((before) => choices.map((choice) => [...before, ...choice]))
    if (alternatives.length > MOST_ALTERNATIVES) {
      return failed('mask-too-wide', 'The mask offers too many combinations.', 'Offer fewer choices.', at(identifier))
    }
  }
  if (alternatives.every((fields) => fields.length === 0)) {
    return failed('mask-incomplete', 'The mask asks for no identifier.', 'Add at least one identifier.', at(search))
  }
  const traits = elements(search).flatMap((element) => traitOf(element) ?? [])
  return ok(alternatives.map((fields) => [...fields, ...traits]))
}

/** What is asked before prescriptions are shown (ISM `documentSearch`). */
function documentFields(search: XmlElement): readonly SearchMaskField[] {
  return elements(search).flatMap((element): readonly SearchMaskField[] => {
    if (element.namespace !== NAMESPACE) return []
    if (element.name === 'prescriptionId') {
      return [{ ...common(element), name: 'prescriptionId', kind: 'prescription-id' }]
    }
    return element.name === 'dispensationPINCode'
      ? [{ ...common(element), name: 'dispensationPin', kind: 'dispensation-pin' }]
      : []
  })
}

function choicesOf(identifier: XmlElement): SearchMaskField[][] {
  const groups = children(identifier, 'ids', NAMESPACE).map((group) => children(group, 'id', NAMESPACE).map(idField))
  if (groups.length > 0) {
    return attribute(identifier, 'type') === 'CHOICE' ? groups : [groups.flat()]
  }
  const ids = children(identifier, 'id', NAMESPACE).map(idField)
  return attribute(identifier, 'type') === 'CHOICE' ? ids.map((id) => [id]) : [ids]
}

function idField(element: XmlElement): SearchMaskField {
  const domain = (attribute(element, 'domain') ?? '').replace(/^urn:oid:/, '')
  return { ...common(element), name: `id-${domain}`, kind: 'identifier', domain }
}

/** Labels of text fields (ISM `labelGenericTrait`) and the standard FHIR search parameter for each. */
export const TEXT_FIELDS: Readonly<Record<string, { readonly name: string; readonly parameter: string }>> = {
  'label.ism.familyName': { name: 'familyName', parameter: 'family' },
  'label.ism.firstName': { name: 'firstName', parameter: 'given' },
  'label.ism.addressStreet': { name: 'addressStreet', parameter: 'address' },
  'label.ism.addressPostalCode': { name: 'addressPostalCode', parameter: 'address-postalcode' },
  'label.ism.addressCity': { name: 'addressCity', parameter: 'address-city' },
  'label.ism.addressCountry': { name: 'addressCountry', parameter: 'address-country' },
}

/** Access codes and media are of other services and are not asked for here. */
function traitOf(element: XmlElement): SearchMaskField | undefined {
  if (element.namespace !== NAMESPACE) return undefined
  switch (element.name) {
    case 'textField': {
      const shared = common(element)
      return { ...shared, name: TEXT_FIELDS[shared.label]?.name ?? shared.label, kind: 'text' }
    }
    case 'birthDate':
      return { ...common(element), name: 'birthDate', kind: 'birthDate' }
    case 'gender':
      return { ...common(element), name: 'gender', kind: 'gender' }
    default:
      return undefined
  }
}

function common(element: XmlElement): Omit<SearchMaskField, 'name' | 'kind'> {
  const format = attribute(element, 'format')
  const help = attribute(element, 'contextualDescription')
  return {
    label: attribute(element, 'label') ?? '',
    // An over-long expression is no format but an attack; it then counts as none and the country checks by itself.
    ...(format && format.length <= LONGEST_FORMAT ? { format: anchored(format) } : {}),
    ...(help ? { help } : {}),
    mandatory: ['true', '1'].includes(attribute(element, 'mandatory') ?? 'false'),
  }
}

function anchored(format: string): string {
  return `${format.startsWith('^') ? '' : '^'}${format}${format.endsWith('$') ? '' : '$'}`
}
