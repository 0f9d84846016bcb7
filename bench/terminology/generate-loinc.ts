/** A made-up LOINC release of full size: the same for the same numbers, no word of it from LOINC. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface LoincSize {
  readonly codes: number
  /** Languages beside English, at most 8. */
  readonly languages: number
}

const SYLLABLES = [
  'glu',
  'ka',
  'ri',
  'tor',
  'men',
  'sol',
  'pha',
  'ne',
  'lin',
  'do',
  'xi',
  'cu',
  'ber',
  'tha',
  'mo',
  'sti',
]
const VARIANTS = ['fr-FR', 'de-DE', 'es-ES', 'it-IT', 'nl-NL', 'pt-PT', 'el-GR', 'pl-PL'] as const
const PARTS = 30_000
const AXES = ['COMPONENT', 'PROPERTY', 'TIME_ASPCT', 'SYSTEM', 'SCALE_TYP', 'METHOD_TYP'] as const

/** Writes table, parts, links, hierarchy and linguistic variants into the folder. Returns bytes written. */
export function generateLoinc(folder: string, { codes, languages }: LoincSize): number {
  const random = numbers(1)
  const words = Array.from({ length: 12_000 }, () => word(random))
  const phrase = (count: number, ending = '') =>
    Array.from({ length: count }, () => `${words[Math.floor(random() ** 2 * words.length)]}${ending}`).join(' ')
  const parts = Array.from({ length: PARTS }, (_, index) => ({ code: `LP${index}-1`, name: phrase(2) }))
  const part = () => parts[Math.floor(random() ** 2 * PARTS)] ?? { code: 'LP0-1', name: '' }
  const files = {
    table: csv(join(folder, 'LoincTable', 'Loinc.csv')),
    links: csv(join(folder, 'AccessoryFiles', 'PartFile', 'LoincPartLink_Primary.csv')),
    parts: csv(join(folder, 'AccessoryFiles', 'PartFile', 'Part.csv')),
    hierarchy: csv(join(folder, 'AccessoryFiles', 'ComponentHierarchyBySystem', 'ComponentHierarchyBySystem.csv')),
    list: csv(join(folder, 'AccessoryFiles', 'LinguisticVariants', 'LinguisticVariants.csv')),
  }
  const variants = VARIANTS.slice(0, languages).map((tag, index) => {
    const [language = '', country = ''] = tag.split('-')
    const id = String(index + 1)
    const name = `${language}${country}${id}LinguisticVariant.csv`
    return { tag, id, language, country, file: csv(join(folder, 'AccessoryFiles', 'LinguisticVariants', name)) }
  })
  const further = ['CLASS', 'CLASSTYPE', 'STATUS', 'VersionLastChanged', 'ORDER_OBS', 'RELATEDNAMES2', 'SHORTNAME']
  const more = ['EXAMPLE_UNITS', 'COMMON_TEST_RANK', 'COMMON_ORDER_RANK', 'LONG_COMMON_NAME', 'DisplayName']
  files.table.row(['LOINC_NUM', ...AXES, ...further, ...more])
  files.links.row(['LoincNumber', 'LongCommonName', 'PartNumber', 'PartName', 'LinkTypeName', 'Property'])
  files.parts.row(['PartNumber', 'PartTypeName', 'PartName', 'PartDisplayName', 'Status'])
  files.hierarchy.row(['PATH_TO_ROOT', 'SEQUENCE', 'IMMEDIATE_PARENT', 'CODE', 'CODE_TEXT'])
  files.list.row(['ID', 'ISO_LANGUAGE', 'ISO_COUNTRY', 'LANGUAGE_NAME', 'PRODUCER'])
  for (const { id, language, country, tag } of variants) files.list.row([id, language, country, tag, ''])
  for (const { file } of variants)
    file.row(['LOINC_NUM', ...AXES, 'CLASS', 'SHORTNAME', 'LONG_COMMON_NAME', 'LinguisticVariantDisplayName'])
  parts.forEach(({ code, name }, index) => {
    files.parts.row([code, 'COMPONENT', name, name, 'ACTIVE'])
    files.hierarchy.row(['', '1', index === 0 ? '' : `LP${Math.floor(index / 8)}-1`, code, name])
  })
  for (let index = 0; index < codes; index += 1) {
    const code = `${index}-${index % 10}`
    const axes = AXES.map(part)
    const name = `${phrase(3 + Math.floor(random() * 6))}`
    const names = axes.map((axis) => axis.name)
    const status = index % 25 === 0 ? 'DEPRECATED' : 'ACTIVE'
    const rank = String(index)
    files.table.row([
      ...[code, ...names, 'CHEM', '1', status, `2.${10 + (index % 70)}`, 'Both', phrase(30), phrase(3)],
      ...['mmol/L', rank, rank, name, phrase(3)],
    ])
    axes.forEach((axis, place) => {
      files.links.row([code, name, axis.code, axis.name, 'Primary', `http://loinc.org/property/${AXES[place]}`])
    })
    files.hierarchy.row(['', '1', axes[0]?.code ?? '', code, name])
    for (const { language, file } of variants) {
      const words = AXES.map(() => phrase(1, language))
      file.row([code, ...words, 'CHEM', phrase(2, language), phrase(5, language), phrase(3, language)])
    }
  }
  return [...Object.values(files), ...variants.map(({ file }) => file)].reduce((sum, file) => sum + file.close(), 0)
}

function word(random: () => number): string {
  const length = 2 + Math.floor(random() * 3)
  return Array.from({ length }, () => SYLLABLES[Math.floor(random() * SYLLABLES.length)]).join('')
}

/** Mulberry32: the same numbers everywhere. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function csv(file: string) {
  mkdirSync(dirname(file), { recursive: true })
  const handle = openSync(file, 'w')
  let waiting: string[] = []
  let bytes = 0
  const flush = () => {
    bytes += writeSync(handle, waiting.join(''))
    waiting = []
  }
  return {
    row(cells: readonly string[]) {
      waiting.push(`"${cells.join('","')}"\n`)
      if (waiting.length >= 2000) flush()
    },
    close(): number {
      flush()
      closeSync(handle)
      return bytes
    },
  }
}
