/**
 * The label of a dataset (EHDS Art. 78(3)) from what is known: what checks of a release and the body's cases have measured,
 * what the description says, what the holder states. An element of which nothing is known stays open; there is no mark of the
 * whole, because the law knows none. Exact counts of persons and single dates stay with the holder.
 */
import type { Dimension } from '../../omop/quality/checks.ts'
import type { QualityLabel } from '../../omop/quality/label.ts'
import { iri } from '../rdf/graph.ts'
import type { DatasetRecord } from '../record/dataset-record.ts'
import type { Text } from '../record/shape.ts'
import { codeOf } from '../store/facets.ts'
import { LABEL_RULES } from './elements.ts'

export const BASES = ['measured', 'described', 'stated'] as const
/** By whom: the program, on the data or the cases; the description; the holder. */
export type Basis = (typeof BASES)[number]

export interface LabelStatement {
  readonly element: string
  readonly basis: Basis
  /** One value, or the same words in several languages. */
  readonly values: readonly Text[]
}

export interface DatasetLabel {
  /** Version of the elements and metrics. */
  readonly version: string
  /** ISO day. */
  readonly issued: string
  /** The release of the data that was checked. */
  readonly release?: string
  /** In the order of Art. 78(3). */
  readonly statements: readonly LabelStatement[]
  /** Elements of which nothing is known. */
  readonly open: readonly string[]
}

export interface LabelSources {
  readonly record: DatasetRecord
  /** What checks of the data have found. */
  readonly checked?: QualityLabel
  /** From the permit to access, of this dataset (`applications/register/provision-times.ts`). */
  readonly provision?: { readonly medianDays: number }
  /** Element → words of the holder; for what was measured or is described they are not taken. */
  readonly stated?: Readonly<Record<string, readonly Text[]>>
}

export function composeLabel(sources: LabelSources, issued: string): DatasetLabel {
  const { record, checked, stated = {} } = sources
  const measured: Values = { ...(checked ? ofChecks(checked) : {}), ...ofCases(sources) }
  const described = ofDescription(record)
  const found = LABEL_RULES.elements.map(({ id }) => ({
    id,
    statement:
      statement(id, 'measured', measured[id]) ??
      statement(id, 'described', described[id]) ??
      statement(id, 'stated', stated[id]),
  }))
  return {
    version: LABEL_RULES.version,
    issued,
    ...(checked ? { release: checked.release } : {}),
    statements: found.flatMap((one) => one.statement ?? []),
    open: found.filter((one) => one.statement === undefined).map(({ id }) => id),
  }
}

type Values = Readonly<Record<string, readonly Text[] | undefined>>

function statement(element: string, basis: Basis, values: readonly Text[] | undefined): LabelStatement | undefined {
  const said = (values ?? []).filter(({ value }) => value.trim() !== '')
  return said.length === 0 ? undefined : { element, basis, values: said }
}

/** Fewer persons than this do not make a middle one that may be told (Art. 73(2); the default floor of disclosure control). */
const FEWEST_PERSONS = 10

function ofChecks({ documentation, technicalQuality, coverage }: QualityLabel): Values {
  const { model, vocabularyVersion } = documentation
  const passed = (dimension: Dimension): readonly Text[] => {
    const { checks, passed: count } = technicalQuality[dimension]
    return checks === 0 ? [] : [typed(((100 * count) / checks).toFixed(2), 'xsd:decimal')]
  }
  const { daysBehind } = technicalQuality.timeliness
  const { observedFrom, observedTo, medianDaysObserved, persons } = coverage
  return {
    dataModel: words(vocabularyVersion === undefined ? model : `${model}, vocabulary ${vocabularyVersion}`),
    completeness: passed('completeness'),
    uniqueness: passed('uniqueness'),
    accuracy: passed('accuracy'),
    validity: passed('validity'),
    consistency: passed('consistency'),
    timeliness: daysBehind === undefined ? [] : months(daysBehind),
    // The first and the last day are those of single persons: years tell enough.
    timePeriod: observedFrom && observedTo ? words(`${observedFrom.slice(0, 4)}/${observedTo.slice(0, 4)}`) : [],
    timeInDataset: medianDaysObserved === undefined || persons < FEWEST_PERSONS ? [] : months(medianDaysObserved),
  }
}

function ofCases({ provision }: LabelSources): Values {
  return provision ? { provisionTime: [typed(`P${Math.round(provision.medianDays)}D`, 'xsd:duration')] } : {}
}

function ofDescription(record: DatasetRecord): Values {
  const columns = (record.variables ?? []).flatMap(({ table }) => (table ?? []).flatMap(({ column }) => column ?? []))
  const standards = [
    ...(record.distribution ?? []).flatMap(({ format }) => format ?? []),
    ...(record.conformsTo ?? []),
    ...(record.codingSystem ?? []),
  ]
  const periods = (record.temporal ?? []).filter(({ start, end }) => start !== undefined || end !== undefined)
  return {
    metadata: words('HealthDCAT-AP Release 8'),
    supportDocumentation: listed([...(record.page ?? []), ...(record.landingPage ?? [])]),
    dataDictionary: columns.length === 0 ? [] : [typed(String(columns.length), 'xsd:nonNegativeInteger')],
    formatsAndStandards: listed(standards.map(codeOf)),
    source: (record.provenance ?? []).flatMap(({ label }) => label ?? []),
    timePeriod: listed(periods.map(({ start = '..', end = '..' }) => `${start}/${end}`)),
    populationCoverage: record.populationCoverage,
    linksWithOtherDatasets: listed([...(record.source ?? []), ...(record.relation ?? [])]),
  }
}

function words(value: string): readonly Text[] {
  return [{ value }]
}

function listed(values: readonly string[]): readonly Text[] {
  return values.length === 0 ? [] : words([...new Set(values)].join(', '))
}

function typed(value: string, datatype: string): Text {
  return { value, datatype: iri(datatype) }
}

/** Whole months: days would tell of single persons. */
function months(days: number): readonly Text[] {
  return [typed(`P${Math.floor(days / 30.44)}M`, 'xsd:duration')]
}
