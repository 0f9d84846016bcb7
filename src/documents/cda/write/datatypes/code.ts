/** CodeableConcept and Coding → CD, CE, CS (V3 data types §1.8). */
import type { CodeableConcept, Coding } from 'fhir/r4'
import { oneLine } from '#platform/xml/access.ts'
import {
  NULL_FLAVOR_EXTENSION,
  ORIGINAL_TEXT_EXTENSION,
  QUALIFIER_EXTENSION,
  SYSTEM_NAME_EXTENSION,
} from '../../tables/urls.ts'
import { type Attributes, element, escaped, type Piece } from '../element.ts'
import { fits } from '../schema/simple-types.ts'
import { rootOf, type Writing } from '../writing.ts'
import { extensionValue, nullFlavorIn } from './nulls.ts'

/** `CE` has no qualifiers; `CS` is a code alone. */
export type CodeType = 'CD' | 'CE' | 'CS'

export interface CodeOptions {
  readonly type?: CodeType
  /** `xsi:type`, where the class takes any data type. */
  readonly xsiType?: string
  /** Which coding stands first; the others are translations. Default: the first. */
  readonly prefer?: (coding: Coding) => boolean
}

/** The code as the schema takes it: one word. */
export function isWord(code: string | undefined): code is string {
  return code !== undefined && fits('cs', code)
}

/** A concept: its first coding, its words, the other codings as translations. Undefined when it says nothing. */
export function code(
  name: string,
  concept: CodeableConcept | undefined,
  writing: Writing,
  { type = 'CD', xsiType, prefer }: CodeOptions = {},
): Piece | undefined {
  if (concept === undefined) return undefined
  const codings = ordered(concept.coding ?? [], prefer)
  // A null flavour beside codings: the source had no code of its own, only translations.
  const isNull = extensionValue(concept, NULL_FLAVOR_EXTENSION) !== undefined
  const first = isNull ? undefined : codings[0]
  const others = isNull ? codings : codings.slice(1)
  const flavor = nullFlavorIn(concept)
  const text = concept.text?.trim() || extensionValue(first, ORIGINAL_TEXT_EXTENSION)?.valueString
  if (codings.length === 0 && !text && flavor === undefined && (concept.extension?.length ?? 0) === 0) return undefined
  const coded = isWord(first?.code)
  const attributes: Attributes = {
    'xsi:type': xsiType,
    ...(coded ? {} : { nullFlavor: flavor ?? (text || first ? 'OTH' : 'UNK') }),
    ...codingAttributes(first, writing),
  }
  if (type === 'CS') return element(name, coded ? { code: first?.code } : { nullFlavor: flavor ?? 'UNK' })
  return element(name, attributes, [
    ...originalText(text, writing),
    ...(type === 'CD' ? qualifiers([concept, first], writing) : []),
    ...others.flatMap((coding) => translation(coding, writing)),
  ])
}

function ordered(codings: readonly Coding[], prefer: CodeOptions['prefer']): readonly Coding[] {
  const first = prefer === undefined ? undefined : codings.find(prefer)
  return first === undefined || first === codings[0] ? codings : [first, ...codings.filter((one) => one !== first)]
}

/** One coding as an element. */
export function coded(
  name: string,
  coding: Coding | undefined,
  writing: Writing,
  type: CodeType = 'CE',
): Piece | undefined {
  return coding === undefined ? undefined : code(name, { coding: [coding] }, writing, { type })
}

/** `code` and `codeSystem` stand side by side: so they are found by whoever looks for the pair. */
export function codingAttributes(coding: Coding | undefined, writing: Writing): Attributes {
  if (coding === undefined) return {}
  const display = coding.display === undefined ? undefined : oneLine(coding.display)
  const label = extensionValue(coding, SYSTEM_NAME_EXTENSION)?.valueString
  if (coding.system === undefined) {
    return { code: word(coding.code), codeSystemName: label, displayName: display ?? spaced(coding.code) }
  }
  const { root, name } = rootOf(coding.system, writing)
  return {
    code: word(coding.code),
    codeSystem: root,
    codeSystemName: name ?? label,
    codeSystemVersion: coding.version,
    displayName: display ?? spaced(coding.code),
  }
}

function word(code: string | undefined): string | undefined {
  return isWord(code) ? code : undefined
}

/** A "code" of several words is none; its words are kept. */
function spaced(code: string | undefined): string | undefined {
  return code === undefined || code === '' || isWord(code) ? undefined : code
}

/** The author's words: a reference when the narrative of the section has them, else the words themselves. */
export function originalText(text: string | undefined, writing: Writing): Piece[] {
  if (text === undefined || text === '') return []
  return [element('originalText', {}, words(text, writing))]
}

/** Content of an element of type ED: a reference into the narrative, or words. */
export function words(text: string, writing: Writing): string {
  const id = writing.narrative.get(oneLine(text))
  return id === undefined ? escaped(text) : element('reference', { value: `#${id}` }).xml
}

function translation(coding: Coding, writing: Writing): Piece[] {
  const attributes = codingAttributes(coding, writing)
  const own = extensionValue(coding, ORIGINAL_TEXT_EXTENSION)?.valueString
  if (Object.values(attributes).every((value) => value === undefined) && own === undefined) return []
  return [element('translation', attributes, [...originalText(own, writing), ...qualifiers([coding], writing)])]
}

function qualifiers(holders: readonly (CodeableConcept | Coding | undefined)[], writing: Writing): Piece[] {
  return holders.flatMap((holder) =>
    (holder?.extension ?? [])
      .filter(({ url }) => url === QUALIFIER_EXTENSION)
      .map(({ extension: parts = [] }) => {
        const part = (name: string): CodeableConcept | undefined =>
          parts.find(({ url }) => url === name)?.valueCodeableConcept
        return element('qualifier', {}, [
          ...(code('name', part('name'), writing) ? [nameOf(part('name'), writing)] : []),
          ...[code('value', part('value'), writing)].flatMap((piece) => piece ?? []),
        ])
      }),
  )
}

/** A qualifier's name is a CV: a code without translations. */
function nameOf(concept: CodeableConcept | undefined, writing: Writing): Piece {
  const [first] = concept?.coding ?? []
  const none = first === undefined ? { nullFlavor: nullFlavorIn(concept) ?? 'OTH' } : {}
  return element('name', { ...none, ...codingAttributes(first, writing) }, originalText(concept?.text, writing))
}
