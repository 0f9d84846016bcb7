/** By what a catalogue is narrowed down, and by which words a description is found. */
import { iri } from '../rdf/graph.ts'
import type { DatasetRecord } from '../record/dataset-record.ts'
import type { Text } from '../record/shape.ts'

export const FACETS = [
  'category',
  'theme',
  'country',
  'holder',
  'access',
  'structured',
  'variables',
  'label',
  'trusted-holder',
] as const
export type Facet = (typeof FACETS)[number]

/** The last part of an address: the code of an authority table. */
export function codeOf(address: string): string {
  return address.slice(Math.max(address.lastIndexOf('/'), address.lastIndexOf('#')) + 1)
}

/** EHDS Art. 72; Art. 77(1): of the holder, or of the publisher where that is the holder. */
export function isTrustedHolder(record: DatasetRecord): boolean {
  return (record.custodian ?? record.publisher)?.trustedDataHolder === true
}

/** EHDS Art. 78: whether a quality certificate is attached. */
export function hasLabel(record: DatasetRecord): boolean {
  const certificate = iri('dqv:QualityCertificate')
  return (record.qualityAnnotation ?? []).some(({ types }) => types === undefined || types.includes(certificate))
}

export function facetsOf(record: DatasetRecord): readonly (readonly [Facet, string])[] {
  const truth = (value: boolean) => (value ? 'yes' : 'no')
  const holder = titleOf((record.custodian ?? record.publisher)?.name)
  const columns = (record.variables ?? []).some(({ table }) =>
    (table ?? []).some(({ column }) => (column ?? []).length > 0),
  )
  const pairs: (readonly [Facet, string])[] = [
    ...(record.healthCategory ?? []).map((value) => ['category', codeOf(value)] as const),
    ...(record.healthTheme ?? []).map((value) => ['theme', codeOf(value)] as const),
    ...(record.spatial ?? [])
      .filter((value) => value.includes('/country/'))
      .map((value) => ['country', codeOf(value)] as const),
    ...(record.accessRights === undefined ? [] : [['access', codeOf(record.accessRights)] as const]),
    ...(holder === '' ? [] : [['holder', holder] as const]),
    ['structured', truth(record.hasStructuredData === true)],
    ['variables', truth(columns)],
    ['label', truth(hasLabel(record))],
    ['trusted-holder', truth(isTrustedHolder(record))],
  ]
  return [...new Map(pairs.map((pair) => [pair.join(' '), pair])).values()]
}

/** Words in the language asked for, otherwise English, otherwise the first. */
export function titleOf(texts: readonly Text[] | undefined, language = 'en'): string {
  const all = texts ?? []
  const found = all.find((one) => one.language === language) ?? all.find((one) => one.language === 'en') ?? all[0]
  return storable(found?.value ?? '')
}

/** PostgreSQL stores no NUL, and neither database half a surrogate pair. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/** Lower case without accents, so that “Santé” is found by “sante” and “Łódź” by “lodz”. */
export function plainWords(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Everything of a description that somebody may look for. */
export function searchText(record: DatasetRecord): string {
  const texts = [
    ...(record.title ?? []),
    ...(record.alternative ?? []),
    ...(record.description ?? []),
    ...(record.keyword ?? []),
    ...(record.identifier ?? []),
    ...(record.populationCoverage ?? []),
    ...(record.custodian?.name ?? []),
    ...(record.publisher?.name ?? []),
    ...(record.codeValues ?? []),
    ...(record.variables ?? []).flatMap(({ table }) =>
      (table ?? []).flatMap(({ column }) =>
        (column ?? []).flatMap(({ name, title }) => [...(name ? [name] : []), ...(title ?? [])]),
      ),
    ),
  ]
  return ` ${plainWords(texts.map(({ value }) => value).join(' '))} `
}
