/** What the reader of CDA noted on a resource about the element that it comes from, for the way back. */
import type { Coding, Extension, Resource } from 'fhir/r4'
import { SOURCE_EXTENSION } from '../../model/clinical-document.ts'
import {
  ACT_CLASS,
  ACT_MOOD,
  ACT_STATUS,
  DETAIL_EXTENSION,
  NULL_FLAVOR,
  PARTICIPATION_TYPE,
  RELATED_EXTENSION,
  ROLE_CLASS,
} from '../tables/urls.ts'
import { isWord } from './datatypes/code.ts'
import { extensionsOf } from './writing.ts'

export interface Source {
  /** Name of the element, e.g. `observation`; empty when the resource does not come from CDA. */
  readonly element: string
  /** Reference to the words in the narrative that stand for the statement, e.g. `#a1`. */
  readonly text?: string
  readonly codes: readonly Coding[]
  readonly statuses: readonly string[]
  readonly mood?: string
  readonly typeCode?: string
  readonly classCode?: string
  /** Null flavours of structural codes. */
  readonly nulls: readonly string[]
  /** Structural codes of no known kind, e.g. of a function or of the statement itself. */
  readonly others: readonly Coding[]
  readonly details: readonly Extension[]
  readonly related: readonly Related[]
}

export interface Related {
  readonly typeCode: string
  readonly target: string
  readonly negated: boolean
}

const STRUCTURAL = new Set([ACT_STATUS, ACT_MOOD, NULL_FLAVOR, PARTICIPATION_TYPE, ROLE_CLASS, ACT_CLASS])

export function sourceOf(resource: Resource | undefined): Source {
  return sourceIn(extensionsOf(resource))
}

export function sourceIn(extensions: readonly Extension[]): Source {
  const held = extensions.find(({ url }) => url === SOURCE_EXTENSION)?.extension ?? []
  const path = held.find(({ url }) => url === 'path')?.valueString ?? ''
  const codes = held.flatMap(({ url, valueCoding }) =>
    url === 'code' && valueCoding !== undefined ? [valueCoding] : [],
  )
  const text = held.find(({ url }) => url === 'text')?.valueString
  const of = (system: string): string[] =>
    codes.flatMap((coding) => (coding.system === system && isWord(coding.code) ? [coding.code] : []))
  const [mood] = of(ACT_MOOD)
  const [typeCode] = of(PARTICIPATION_TYPE)
  const [classCode] = of(ROLE_CLASS)
  return {
    element: path.slice(path.lastIndexOf('/') + 1).replace(/\[\d+\]$/, ''),
    ...(text === undefined ? {} : { text }),
    codes,
    statuses: of(ACT_STATUS),
    nulls: of(NULL_FLAVOR),
    ...(mood === undefined ? {} : { mood }),
    ...(typeCode === undefined ? {} : { typeCode }),
    ...(classCode === undefined ? {} : { classCode }),
    others: codes.filter(({ system }) => system === undefined || !STRUCTURAL.has(system)),
    details: extensions.find(({ url }) => url === DETAIL_EXTENSION)?.extension ?? [],
    related: extensions.flatMap(relatedIn),
  }
}

function relatedIn(extension: Extension): Related[] {
  if (extension.url !== RELATED_EXTENSION) return []
  const part = (name: string): Extension | undefined => extension.extension?.find(({ url }) => url === name)
  const target = part('target')?.valueReference?.reference
  if (target === undefined) return []
  const typeCode = part('type')?.valueCode ?? 'REFR'
  return [{ typeCode, target, negated: part('negationInd')?.valueBoolean === true }]
}
