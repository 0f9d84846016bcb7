/** Linguistic variants: one supplement for each language and country, its words tagged with that language. */
import { COMMA, type TableRow, tableRows } from '../../input/csv.ts'
import type { InputFile } from '../../input/input.ts'
import { type ConceptJson, type DesignationJson, type StreamedResource, supplement } from '../../resource.ts'
import type { ReadContext } from '../format.ts'
import { LOINC, type Release } from './loinc.ts'

/** The axes in the order of the fully specified name. */
const AXES = ['COMPONENT', 'PROPERTY', 'TIME_ASPCT', 'SYSTEM', 'SCALE_TYP', 'METHOD_TYP'] as const

export async function* readVariants(
  release: Release,
  context: ReadContext,
  version: string | undefined,
): AsyncGenerator<StreamedResource> {
  const listed = await readList(release.variantList, context)
  for (const file of release.variants) {
    context.used(file)
    const id = /(\d+)LinguisticVariant\.csv$/.exec(file.name)?.[1] ?? ''
    const variant = listed.get(id) ?? fromName(file.name)
    const { concept: _, ...resource } = supplement(`LOINC ${variant.language}`, LOINC, [], {
      title: `LOINC in ${variant.name}`,
      language: variant.language,
      ...(version !== undefined && { version }),
      ...(variant.producer !== '' && { publisher: variant.producer }),
    })
    yield { resource, concepts: conceptsOf(file, variant.language, context) }
  }
}

async function* conceptsOf(file: InputFile, language: string, context: ReadContext): AsyncGenerator<ConceptJson> {
  for await (const row of tableRows(file, COMMA, ['LOINC_NUM'], (what) => context.complain(file, what))) {
    const designation = words(row, language)
    if (row.get('LOINC_NUM') !== '' && designation.length > 0) yield { code: row.get('LOINC_NUM'), designation }
  }
}

interface Variant {
  readonly language: string
  readonly name: string
  readonly producer: string
}

async function readList(file: InputFile | undefined, context: ReadContext): Promise<ReadonlyMap<string, Variant>> {
  const variants = new Map<string, Variant>()
  if (!file) return variants
  context.used(file)
  for await (const row of tableRows(file, COMMA, ['ID', 'ISO_LANGUAGE', 'ISO_COUNTRY'], (what) =>
    context.complain(file, what),
  )) {
    const country = row.get('ISO_COUNTRY')
    const language = `${row.get('ISO_LANGUAGE')}${country === '' ? '' : `-${country}`}`
    variants.set(row.get('ID'), { language, name: row.get('LANGUAGE_NAME') || language, producer: row.get('PRODUCER') })
  }
  return variants
}

/** `frFR18LinguisticVariant.csv` says its language itself. */
function fromName(name: string): Variant {
  const [, language = '', country = ''] = /([a-z]{2,3})([A-Z]{2})\d+LinguisticVariant\.csv$/.exec(name) ?? []
  return { language: `${language}-${country}`, name: `${language}-${country}`, producer: '' }
}

/** The name that is shown first, then the others with their use; a variant may have only some of them. */
function words(row: TableRow, language: string): DesignationJson[] {
  const found: DesignationJson[] = []
  const add = (code: string, value: string) => {
    if (value === '' || found.some((one) => one.value === value)) return
    // The first one is what is shown: the long common name, as in English.
    found.push({ language, value, ...(found.length > 0 && { use: { system: LOINC, code } }) })
  }
  add('LONG_COMMON_NAME', row.get('LONG_COMMON_NAME'))
  add('LinguisticVariantDisplayName', row.get('LinguisticVariantDisplayName'))
  const axes = AXES.map((axis) => row.get(axis))
  if (axes[0] !== '') add('FullySpecifiedName', axes.join(':').replace(/:+$/, ''))
  add('SHORTNAME', row.get('SHORTNAME'))
  return found
}
