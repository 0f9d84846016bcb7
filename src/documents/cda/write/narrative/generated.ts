/** A narrative for sections that have none: what each entry says, in a row that the entry can refer to. */
import type { CodeableConcept, Resource } from 'fhir/r4'
import { oneLine } from '#platform/xml/access.ts'
import { element, escaped } from '../element.ts'
import { resolve, type Writing } from '../writing.ts'

export interface Row {
  readonly resource: Resource
  readonly id: string
}

/** Content of section/text with one row for each resource, and the id of each row. */
export function generatedText(
  resources: readonly Resource[],
  prefix: string,
  writing: Writing,
): { text: string; rows: Row[] } {
  const rows: Row[] = []
  let body = ''
  for (const resource of resources) {
    const id = freeId(`${prefix}-${rows.length + 1}`, writing)
    rows.push({ resource, id })
    const cells = [wordsFor(resource, writing), timeFor(resource)]
    body += element(
      'tr',
      { ID: id },
      cells.map((words) => element('td', {}, escaped(words))),
    ).xml
  }
  return { text: body === '' ? '' : element('table', {}, `<tbody>${body}</tbody>`).xml, rows }
}

function freeId(wanted: string, writing: Writing): string {
  let id = wanted
  for (let number = 2; writing.ids.has(id); number++) id = `${wanted}-${number}`
  writing.ids.add(id)
  return id
}

interface Telling {
  readonly code?: CodeableConcept
  readonly vaccineCode?: CodeableConcept
  readonly type?: CodeableConcept
  readonly valueCodeableConcept?: CodeableConcept
  readonly valueString?: string
  readonly valueQuantity?: { readonly value?: number; readonly unit?: string }
  readonly medicationCodeableConcept?: CodeableConcept
  readonly medicationReference?: { readonly reference?: string }
  readonly device?: { readonly reference?: string }
}

/** What the statement is about, and its value, in the words of the document. */
function wordsFor(resource: Resource, writing: Writing): string {
  const told = resource as Telling
  const named = [told.medicationReference, told.device].flatMap((reference) => {
    const target = resolve(reference, writing, resource)
    return target === undefined ? [] : [wordsFor(target, writing)]
  })
  const amount = told.valueQuantity
  const parts = [
    conceptWords(told.code ?? told.vaccineCode ?? told.medicationCodeableConcept ?? told.type),
    ...named,
    conceptWords(told.valueCodeableConcept),
    amount === undefined ? '' : `${amount.value ?? ''} ${amount.unit ?? ''}`,
    told.valueString ?? '',
  ].map(oneLine)
  const words = parts.filter((part) => part !== '').join(': ')
  return words === '' ? resource.resourceType : words
}

function conceptWords(concept: CodeableConcept | undefined): string {
  if (typeof concept !== 'object' || Array.isArray(concept)) return ''
  const coding = concept.coding?.find(({ display }) => display !== undefined) ?? concept.coding?.[0]
  return concept.text ?? coding?.display ?? coding?.code ?? ''
}

const TIMES = [
  'onsetDateTime',
  'effectiveDateTime',
  'performedDateTime',
  'occurrenceDateTime',
  'timingDateTime',
  'date',
]
const PERIODS = ['onsetPeriod', 'effectivePeriod', 'performedPeriod', 'timingPeriod', 'period']

function timeFor(resource: Resource): string {
  const fields = new Map<string, unknown>(Object.entries(resource))
  const moment = TIMES.map((name) => fields.get(name)).find((value) => typeof value === 'string')
  if (typeof moment === 'string') return moment
  const period = PERIODS.map((name) => fields.get(name)).find((value) => typeof value === 'object' && value !== null)
  if (typeof period !== 'object' || period === null) return ''
  const bound = (name: string): string => String(new Map<string, unknown>(Object.entries(period)).get(name) ?? '')
  return `${bound('start')} – ${bound('end')}`.trim()
}
