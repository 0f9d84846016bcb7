/**
 * What the reader kept by its shape alone (`urn:tessera:detail`) back into elements: each sub-extension has the name of
 * its element, and the schema says of which type that element is.
 */
import type { Extension } from 'fhir/r4'
import { NULL_FLAVOR_EXTENSION, PARTICIPATION_TYPE } from '../tables/urls.ts'
import { code, words } from './datatypes/code.ts'
import { truth, whole } from './datatypes/count.ts'
import { address, id, personName, telecom } from './datatypes/identity.ts'
import { nullFlavorIn } from './datatypes/nulls.ts'
import { quantity, range, ratio } from './datatypes/quantity.ts'
import { when } from './datatypes/time.ts'
import { value } from './datatypes/value.ts'
import { assemble, element, escaped, type Piece } from './element.ts'
import { ruleFor, rulesOf } from './schema/classes.ts'
import type { Writing } from './writing.ts'

/** Those details that are elements of a class. */
export function detailPieces(className: string, details: readonly Extension[], writing: Writing): Piece[] {
  return details.flatMap((detail) => detailPiece(className, detail, writing) ?? [])
}

/** One detail as an element of a class; undefined when the class has none of the name, or none that can hold it. */
export function detailPiece(className: string, detail: Extension, writing: Writing): Piece | undefined {
  const rule = ruleFor(className, detail.url)
  if (rule === undefined) return undefined
  if (rulesOf(rule.type) !== undefined) return complex(rule.type, rule.name, detail, writing)
  return simple(rule.type, rule.name, detail, writing) ?? nothing(rule.name, detail)
}

/** An element that only says why there is nothing. */
function nothing(name: string, detail: Extension): Piece | undefined {
  const flavor = nullFlavorIn(detail)
  return flavor === undefined ? undefined : element(name, { nullFlavor: flavor })
}

function complex(className: string, name: string, detail: Extension, writing: Writing): Piece | undefined {
  const parts = detail.extension ?? []
  const pieces = detailPieces(className, parts, writing)
  const flavor = nullFlavorIn({ extension: parts.filter(({ url }) => url === NULL_FLAVOR_EXTENSION) })
  if (pieces.length === 0 && flavor === undefined) return undefined
  const type = parts.find(({ url, valueCoding }) => url === 'type' && valueCoding?.system === PARTICIPATION_TYPE)
  const negated = parts.some(({ url, valueBoolean }) => url === 'negationInd' && valueBoolean === true)
  return assemble(
    className,
    name,
    {
      nullFlavor: flavor,
      typeCode: type?.valueCoding?.code,
      negationInd: negated ? 'true' : undefined,
    },
    pieces,
  )
}

function simple(type: string, name: string, detail: Extension, writing: Writing): Piece | undefined {
  switch (type) {
    case 'II':
      return id(detail.valueIdentifier, writing, name)
    case 'CD':
    case 'CE':
    case 'CS':
      return code(name, detail.valueCodeableConcept, writing, { type })
    case 'AD':
      return detail.valueAddress && address(detail.valueAddress, name)
    case 'TEL':
      return detail.valueContactPoint && telecom(detail.valueContactPoint, name)
    case 'PN':
    case 'ON':
    case 'EN':
    case 'SC':
    case 'ST':
      return named(type, name, detail)
    case 'ED':
      return detail.valueString === undefined ? undefined : element(name, {}, words(detail.valueString, writing))
    case 'ANY':
      return value(name, detail, writing)
    default:
      return measured(type, name, detail, writing)
  }
}

function named(type: string, name: string, detail: Extension): Piece | undefined {
  if (detail.valueHumanName !== undefined && type !== 'ST' && type !== 'SC')
    return personName(detail.valueHumanName, name)
  return detail.valueString === undefined ? undefined : element(name, {}, escaped(detail.valueString))
}

function measured(type: string, name: string, detail: Extension, writing: Writing): Piece | undefined {
  switch (type) {
    case 'TS':
    case 'IVL_TS':
    case 'SXCM_TS': {
      const timed = { moment: detail.valueDateTime, beside: detail._valueDateTime, period: detail.valuePeriod }
      return when(
        name,
        type === 'TS' ? { ...timed, period: undefined } : timed,
        type === 'SXCM_TS' ? 'IVL_TS' : undefined,
      )
    }
    case 'PQ':
      return quantity(name, amountOf(detail), writing)
    case 'IVL_PQ':
      return quantity(name, amountOf(detail), writing) ?? range(name, detail.valueRange, writing)
    case 'RTO':
    case 'RTO_PQ_PQ':
      return ratio(name, detail.valueRatio, writing)
    case 'BL':
      return truth(name, detail.valueBoolean)
    case 'INT':
    case 'IVL_INT':
      return whole(name, detail.valueInteger ?? detail.valueDecimal)
    default:
      return undefined
  }
}

function amountOf(detail: Extension): Extension['valueQuantity'] {
  return detail.valueQuantity ?? (detail.valueDecimal === undefined ? undefined : { value: detail.valueDecimal })
}
