/** Immunization → substanceAdministration IMMUNIZ (IHE PCC …1.4.12, eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.19). */
import type { CodeableConcept, Extension, Immunization, Resource } from 'fhir/r4'
import { ABSENT_CODES } from '../../tables/statuses.ts'
import { ADMINISTERED_PRODUCT_EXTENSION } from '../../tables/urls.ts'
import { code, coded } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { quantity } from '../datatypes/quantity.ts'
import { time, timeAttributes } from '../datatypes/time.ts'
import { value } from '../datatypes/value.ts'
import { detailPieces } from '../detail.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import { organization, text } from '../people.ts'
import { type Source, sourceOf } from '../source.ts'
import { comment, nested, type Statement, statementPeople } from '../statement.ts'
import { isA, type Place, resolve, type Writing } from '../writing.ts'
import { subordinate } from './subordinate.ts'

const IMMUNIZATION = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMMUNIZ' }

export function writeImmunization(immunization: Immunization, writing: Writing, place: Place): Statement {
  const source = sourceOf(immunization)
  const folded: Resource[] = []
  const absence = immunization.vaccineCode.coding?.some(({ code: one }) => ABSENT_CODES.has(one ?? '')) === true
  const stated = source.others.find((coding) => coding.code === IMMUNIZATION.code) ?? source.others[0]
  return {
    className: 'SubstanceAdministration',
    attributes: { negationInd: immunization.status === 'not-done' ? 'true' : undefined },
    folded,
    pieces: [
      ...templateIds(
        '1.3.6.1.4.1.12559.11.10.1.3.1.3.19',
        '1.3.6.1.4.1.19376.1.5.3.1.4.12',
        '2.16.840.1.113883.10.20.1.24',
      ),
      ...ids(immunization.identifier, writing),
      absence ? code('code', immunization.vaccineCode, writing) : coded('code', stated ?? IMMUNIZATION, writing, 'CD'),
      element('statusCode', {
        code: source.statuses.at(-1) ?? (immunization.status === 'entered-in-error' ? 'nullified' : 'completed'),
      }),
      timeOf(immunization, source),
      code('routeCode', immunization.route, writing, { type: 'CE' }),
      code('approachSiteCode', immunization.site, writing),
      quantity('doseQuantity', immunization.doseQuantity, writing),
      consumable(immunization, absence, source, writing, folded),
      ...statementPeople(
        'SubstanceAdministration',
        (immunization.performer ?? []).map(({ actor }) => ({
          reference: actor,
          as: 'performer' as const,
          time: immunization.recorded,
        })),
        writing,
        folded,
      ),
      ...(immunization.protocolApplied ?? []).map((protocol, at, all) => {
        const dose = value(
          'value',
          { valueInteger: protocol.doseNumberPositiveInt, valueString: protocol.doseNumberString },
          writing,
        )
        return subordinate('SubstanceAdministration', 'dose-number', dose, source, writing, {
          position: [at, all.length],
        })
      }),
      ...(immunization.reasonReference ?? []).map((reason) =>
        nested('SubstanceAdministration', 'RSON', reason, writing, place),
      ),
      ...(immunization.note ?? []).map((note) => comment('SubstanceAdministration', note, writing)),
    ],
  }
}

/** A moment; a second bound, which the reader kept aside, makes it an interval again. */
function timeOf(immunization: Immunization, source: Source): Piece | undefined {
  const attributes = timeAttributes(immunization.occurrenceDateTime, immunization._occurrenceDateTime)
  const end = source.details.find(({ url }) => url === 'high')
  if (end === undefined) {
    return Object.keys(attributes).length === 0 ? undefined : element('effectiveTime', attributes)
  }
  const low = Object.keys(attributes).length === 0 ? [] : [element('low', attributes)]
  const high = time('high', end.valueDateTime, end._valueDateTime)
  return element('effectiveTime', { 'xsi:type': 'IVL_TS' }, [...low, ...(high ? [high] : [])])
}

/** The vaccine as a product, with its names, lot and maker. */
function consumable(
  immunization: Immunization,
  absence: boolean,
  source: Source,
  writing: Writing,
  folded: Resource[],
): Piece {
  const maker = resolve(immunization.manufacturer, writing, immunization)
  const details = productDetails(source)
  const vaccine = absence ? vaccineDetail(source) : immunization.vaccineCode
  const material = assemble('Material', 'manufacturedMaterial', { classCode: 'MMAT', determinerCode: 'KIND' }, [
    code('code', vaccine, writing, { type: 'CE' }),
    ...productNames(immunization).map((name) => text('name', name)),
    text('lotNumberText', immunization.lotNumber),
    time('pharm:expirationTime', immunization.expirationDate, immunization._expirationDate),
    ...detailPieces('Material', details, writing),
  ])
  return assemble('Consumable', 'consumable', {}, [
    assemble('ManufacturedProduct', 'manufacturedProduct', { classCode: 'MANU' }, [
      ...templateIds(
        '1.3.6.1.4.1.12559.11.10.1.3.1.3.18',
        '1.3.6.1.4.1.19376.1.5.3.1.4.7.2',
        '2.16.840.1.113883.10.20.1.53',
      ),
      ...detailPieces('ManufacturedProduct', details, writing),
      material,
      isA(maker, 'Organization')
        ? organization('Organization', 'manufacturerOrganization', maker, writing, folded)
        : undefined,
    ]),
  ])
}

function productDetails(source: Source): readonly Extension[] {
  return source.details.flatMap(({ url, extension }) => (url === 'product' ? (extension ?? []) : []))
}

function vaccineDetail(source: Source): CodeableConcept | undefined {
  return source.details.find(({ url }) => url === 'vaccine')?.valueCodeableConcept
}

function productNames({ extension = [] }: Immunization): string[] {
  return extension.flatMap(({ url, extension: parts = [] }) =>
    url === ADMINISTERED_PRODUCT_EXTENSION ? parts.flatMap((part) => part.valueCodeableConcept?.text ?? []) : [],
  )
}
