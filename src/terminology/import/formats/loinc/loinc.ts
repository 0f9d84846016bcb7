/**
 * A LOINC release (https://loinc.org/kb/users-guide/loinc-table-structure/): the table, parts, answer lists, component
 * hierarchy, panels, consumer names and linguistic variants. Property names and value sets follow "Using LOINC with
 * FHIR" (https://terminology.hl7.org/LOINC.html): one CodeSystem, one value set for each answer list, one supplement for
 * each linguistic variant.
 */
import type { InputFile } from '../../input/input.ts'
import type { ImportedResource, StreamedResource } from '../../resource.ts'
import type { Format, ReadContext, Sample } from '../format.ts'
import { readAnswers } from './answers.ts'
import { readTable } from './table.ts'
import { readVariants } from './variants.ts'

export const LOINC = 'http://loinc.org'

/** Files of a release by role, told by name; a file that is not there leaves its part of the content out. */
export interface Release {
  readonly table?: InputFile
  readonly parts?: InputFile
  readonly partLinks: readonly InputFile[]
  readonly answerLists?: InputFile
  readonly answerLinks?: InputFile
  readonly hierarchy?: InputFile
  readonly panels?: InputFile
  readonly consumerNames?: InputFile
  readonly variantList?: InputFile
  readonly variants: readonly InputFile[]
}

const ROLES: Readonly<Record<string, RegExp>> = {
  table: /(?:^|[/!])Loinc\.csv$/i,
  parts: /(?:^|[/!])Part\.csv$/i,
  partLinks: /(?:^|[/!])LoincPartLink(?:_\w+)?\.csv$/i,
  answerLists: /(?:^|[/!])AnswerList\.csv$/i,
  answerLinks: /(?:^|[/!])LoincAnswerListLink\.csv$/i,
  hierarchy: /(?:^|[/!])(?:ComponentHierarchyBySystem|MultiAxialHierarchy)\.csv$/i,
  panels: /(?:^|[/!])PanelsAndForms\.csv$/i,
  consumerNames: /(?:^|[/!])ConsumerName\.csv$/i,
  variantList: /(?:^|[/!])LinguisticVariants\.csv$/i,
  variants: /(?:^|[/!])[a-z]{2,3}[A-Z]{2}\d+LinguisticVariant\.csv$/,
}
const OWN_COLUMN = /^[^\n]*\b(?:LOINC_NUM|LoincNumber|PartNumber|AnswerListId|PATH_TO_ROOT|ParentLoinc|ISO_LANGUAGE)\b/

export const loinc: Format = {
  id: 'loinc',
  title: 'a LOINC release',
  together: true,
  claim(samples) {
    const roots = new Set(samples.filter((sample) => isRole(sample, 'table')).map(({ file }) => rootOf(file.name)))
    const alone = samples.filter((sample) => isRole(sample, 'variants') || isRole(sample, 'variantList'))
    // Linguistic variants come without the table when only words are added.
    if (roots.size === 0) return alone.length > 0 ? [alone.map(({ file }) => file)] : []
    return [...roots].map((root) =>
      samples
        .filter(({ file }) => file.name.startsWith(root) && /\.(?:csv|txt)$/i.test(file.name))
        .map(({ file }) => file),
    )
  },
  async *read(files, context) {
    const release = releaseOf(files)
    const { table, variants } = release
    for (const file of files) if (roleOf(file) === undefined) context.passed(file)
    if (!table && variants.length === 0) {
      const first = files[0]
      if (first) context.complain(first, noTable())
      return
    }
    yield* resources(release, context)
  },
}

async function* resources(release: Release, context: ReadContext): AsyncGenerator<ImportedResource | StreamedResource> {
  const answers = await readAnswers(release, context)
  const version = versionIn(release, context)
  let used = version
  if (release.table) {
    const table = await readTable(release, answers, context, version)
    used = table.version ?? version
    if (table.resource) yield table.resource
    yield* answers.valueSets(used)
  }
  yield* readVariants(release, context, used)
}

function isRole({ file, head }: Sample, role: string): boolean {
  return ROLES[role]?.test(file.name) === true && OWN_COLUMN.test(head)
}

function roleOf(file: InputFile): string | undefined {
  return Object.entries(ROLES).find(([, pattern]) => pattern.test(file.name))?.[0]
}

/** `Loinc_2.78/LoincTable/Loinc.csv` → `Loinc_2.78/`; a table in no folder of its own is the release's root. */
function rootOf(name: string): string {
  return name.replace(/(?:LoincTable\/)?Loinc\.csv$/i, '')
}

function releaseOf(files: readonly InputFile[]): Release {
  const all = (role: string) => files.filter((file) => ROLES[role]?.test(file.name) === true)
  const one = (role: string) => {
    const [file] = all(role)
    return file && { [role]: file }
  }
  const single = ['table', 'parts', 'answerLists', 'answerLinks', 'hierarchy', 'panels', 'consumerNames', 'variantList']
  return { ...Object.assign({}, ...single.map(one)), partLinks: all('partLinks'), variants: all('variants') }
}

/** `--version`, or what the folder is called (`Loinc_2.78`). */
function versionIn(release: Release, context: ReadContext): string | undefined {
  const name = (release.table ?? release.variants[0])?.name ?? ''
  return context.options.version ?? /loinc[_-]?v?(\d+\.\d+)/i.exec(`${context.options.source}/${name}`)?.[1]
}

function noTable() {
  return {
    code: 'terminology-loinc-incomplete',
    sentence: 'The release has no LoincTable/Loinc.csv and no linguistic variant.',
    next: 'Give the whole release as it was downloaded: the .zip or its folder.',
  }
}
