/** One dataset as its holder describes it: what it holds, its variables, its label, who holds it, how to apply for it. */

import { labelIn } from '#research/catalogue/label/in-description.ts'
import { MEDIA_TYPES, type RdfFormat } from '#research/catalogue/rdf/read.ts'
import { writeRdf } from '#research/catalogue/rdf/write.ts'
import type { DatasetRecord, Distribution } from '#research/catalogue/record/dataset-record.ts'
import { codeOf, hasLabel, isTrustedHolder } from '#research/catalogue/store/facets.ts'
import type { StoredRecord } from '#research/catalogue/store/stored.ts'
import { alert, linkButton, summaryList, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { day, show } from '../../ui/site.ts'
import {
  categoryWords,
  facetWords,
  link,
  listed,
  sourceWords,
  spanWords,
  textOf,
  textsOf,
  wholeLink,
} from '../dataset-words.ts'
import { markAlerts, marksOf } from '../harvest-marks.ts'
import { refused } from '../refusal.ts'
import { CATALOGUE, countryOfCode, type Visit } from '../visit.ts'
import { agentFacts } from './agent.ts'
import { labelFacts } from './label.ts'
import { variableTables } from './variables.ts'

const LONGEST_IRI = 2000

/** What is published under the address that the query names; undefined for anything else. */
export async function publishedRecord({ context, options }: Visit): Promise<StoredRecord | undefined> {
  const iri = context.req.query('iri') ?? ''
  if (iri === '' || iri.length > LONGEST_IRI) return undefined
  const found = await options.catalogue.find(iri, context.req.query('source') ?? 'own')
  return found?.state === 'published' ? found : undefined
}

export async function showDataset(visit: Visit): Promise<Response> {
  const stored = await publishedRecord(visit)
  if (!stored) return refused(visit, 'not-found')
  const { words } = visit
  const record = stored.record()
  const title = textOf(visit, record.title) ?? html`${stored.title}`
  const mark = (await marksOf(visit, [stored]))(stored)
  return show(visit, {
    title: stored.title,
    content: html`<p class="crumbs"><a href="${visit.address(CATALOGUE)}">${words('catalogue.page.nav.catalogue')}</a></p>
<h1>${title}</h1>${mark && markAlerts(visit, stored, mark)}<p class="tags">${(record.healthCategory ?? []).map((one) => html`${tag(categoryWords(visit, codeOf(one)))} `)}</p>
<div class="beside"><div>${section(visit, 'content', [textsOf(visit, record.description).map((text) => html`<p>${text}</p>`), contentFacts(visit, record)])}
${section(visit, 'variables', variableTables(visit, record))}
${section(visit, 'quality', quality(visit, stored, record))}
${section(visit, 'origin', origin(visit, record))}
${section(visit, 'files', files(visit, record))}</div>
<div>${applying(visit, stored)}
${section(visit, 'access', accessFacts(visit, record))}
${section(visit, 'people', people(visit, record))}
${section(visit, 'description', descriptionFacts(visit, stored, record))}</div></div>`,
  })
}

/** The description as others exchange it. */
export async function downloadDataset(visit: Visit): Promise<Response> {
  const stored = await publishedRecord(visit)
  const format = FORMATS.find((one) => one === visit.context.req.query('format'))
  if (!stored || !format) return refused(visit, 'not-found')
  const written = writeRdf(stored.graph(), format)
  if (!written.ok) return refused(visit, 'not-found')
  return visit.context.body(written.value, 200, {
    'content-type': `${MEDIA_TYPES[format]}; charset=utf-8`,
    'content-disposition': `attachment; filename="dataset.${ENDINGS[format]}"`,
    'x-content-type-options': 'nosniff',
  })
}

const FORMATS = ['turtle', 'json-ld', 'rdf-xml'] as const
const ENDINGS: Readonly<Record<RdfFormat, string>> = { turtle: 'ttl', 'json-ld': 'jsonld', 'rdf-xml': 'rdf' }

function section({ words }: Visit, name: string, content: unknown): Html {
  return html`<section class="block"><h2>${words(`catalogue.page.section.${name}`)}</h2>${content}</section>`
}

type Row = readonly [Html, Html | undefined]

function contentFacts(visit: Visit, record: DatasetRecord): Html {
  const { words } = visit
  const { formats } = words.messages
  const number = (value: number | undefined): Html | undefined =>
    value === undefined ? undefined : html`${formats.number(value)}`
  const property = (name: string): Html => words(`catalogue.property.${name}`)
  const ages =
    record.minTypicalAge === undefined && record.maxTypicalAge === undefined
      ? undefined
      : words('catalogue.page.ages', {
          from: String(record.minTypicalAge ?? '…'),
          to: String(record.maxTypicalAge ?? '…'),
        })
  const rows: readonly Row[] = [
    [property('healthdcatap-populationCoverage'), textOf(visit, record.populationCoverage)],
    [property('healthdcatap-numberOfUniqueIndividuals'), number(record.numberOfUniqueIndividuals)],
    [property('healthdcatap-numberOfRecords'), number(record.numberOfRecords)],
    [words('catalogue.page.row.ages'), ages],
    [
      property('dct-temporal'),
      listed((record.temporal ?? []).flatMap(({ start, end }) => spanWords(visit, start, end) ?? [])),
    ],
    [property('dct-spatial'), listed((record.spatial ?? []).map((place) => placeWords(visit, place)))],
    [property('healthdcatap-hasCodingSystem'), links(record.codingSystem)],
    [property('healthdcatap-hasCodeValues'), listed(textsOf(visit, record.codeValues))],
    [property('dct-conformsTo'), links(record.conformsTo)],
    [property('dcat-keyword'), joined(textsOf(visit, record.keyword))],
    [
      property('dct-accrualPeriodicity'),
      record.frequency === undefined ? undefined : html`${codeOf(record.frequency)}`,
    ],
    [property('dct-language'), joined((record.language ?? []).map((one) => html`${codeOf(one)}`))],
  ]
  return summaryList(rows)
}

function placeWords(visit: Visit, place: string): Html {
  return place.includes('/country/') ? html`${countryOfCode(visit, codeOf(place))}` : link(place)
}

function joined(items: readonly Html[]): Html | undefined {
  return items.length === 0 ? undefined : html`${items.map((item, index) => html`${index > 0 && ', '}${item}`)}`
}

function links(addresses: readonly string[] | undefined): Html | undefined {
  return listed((addresses ?? []).map((address) => link(address)))
}

/** Art. 78: the label, or notes of the holder; where there is neither, that is said. */
function quality(visit: Visit, stored: StoredRecord, record: DatasetRecord): Html {
  const { words } = visit
  const label = labelIn(stored.graph(), stored.iri)
  const annotations = record.qualityAnnotation ?? []
  const addresses = annotations.flatMap(({ body }) => body ?? []).filter((one) => /^https?:/.test(one))
  const more = addresses.length > 0 && html`<ul>${addresses.map((one) => html`<li>${wholeLink(one)}</li>`)}</ul>`
  if (label) return html`${labelFacts(visit, label)}${more}`
  if (annotations.length === 0) return html`<p>${words('catalogue.page.quality.none')}</p>`
  return html`<p>${hasLabel(record) ? words('catalogue.page.quality.label') : words('catalogue.page.quality.note')}</p>${more}`
}

function origin(visit: Visit, record: DatasetRecord): Html {
  const { words } = visit
  return summaryList([
    [
      words('catalogue.property.dct-provenance'),
      listed((record.provenance ?? []).flatMap(({ label }) => textOf(visit, label) ?? [])),
    ],
    [
      words('catalogue.property.prov-wasGeneratedBy'),
      listed((record.generatedBy ?? []).flatMap(({ label }) => textOf(visit, label) ?? [])),
    ],
    [
      words('catalogue.property.dpv-hasPurpose'),
      listed((record.purpose ?? []).flatMap(({ description }) => textOf(visit, description) ?? [])),
    ],
    [words('catalogue.property.dpv-hasPersonalData'), links(record.personalData)],
    [words('catalogue.property.dct-source'), links(record.source)],
    [words('catalogue.property.dct-isReferencedBy'), links(record.isReferencedBy)],
  ])
}

/** Files that anybody may have: samples, analytics, and distributions with an address. */
function files(visit: Visit, record: DatasetRecord): Html {
  const { words } = visit
  const groups = [
    ['distribution', record.distribution],
    ['sample', record.sample],
    ['analytics', record.analytics],
  ] as const
  const items = groups.flatMap(([kind, list]) => (list ?? []).map((one) => fileItem(visit, kind, one)))
  return items.length === 0 ? html`<p>${words('catalogue.page.files.none')}</p>` : html`<ul>${items}</ul>`
}

function fileItem(
  visit: Visit,
  kind: string,
  { title, description, accessUrl, downloadUrl, format }: Distribution,
): Html {
  const { words } = visit
  const name = textOf(visit, title) ?? textOf(visit, description)
  const addresses = [...(downloadUrl ?? []), ...(accessUrl ?? [])]
  return html`<li>${words(`catalogue.page.files.${kind}`)}${name && html`, ${name}`}${
    format !== undefined && html` (${codeOf(format)})`
  }${addresses.map((address) => html`<br>${wholeLink(address)}`)}</li>`
}

/** What to do to use these data (Art. 67, 69). */
function applying(visit: Visit, stored: StoredRecord): Html {
  const { words, options } = visit
  const query = new URLSearchParams({
    dataset: stored.iri,
    ...(stored.source === 'own' ? {} : { source: stored.source }),
  })
  return alert(
    'information',
    words('catalogue.page.apply.title'),
    html`<ol><li>${words('catalogue.page.apply.application')}</li><li>${words('catalogue.page.apply.decision')}</li><li>${words(
      'catalogue.page.apply.use',
    )}</li></ol>${
      options.body &&
      html`<p>${linkButton(`${options.body.researcherPages}/applications/new?${query}`, words('catalogue.page.apply.do'), 'main')}</p>`
    }`,
  )
}

function accessFacts(visit: Visit, record: DatasetRecord): Html {
  const { words } = visit
  return summaryList([
    [
      words('catalogue.property.dct-accessRights'),
      record.accessRights === undefined ? undefined : facetWords(visit, 'access', codeOf(record.accessRights)),
    ],
    [
      words('catalogue.property.dpv-hasLegalBasis'),
      listed(
        (record.legalBasis ?? []).flatMap(({ description, source }) => {
          const text = textOf(visit, description)
          return [...(text === undefined ? [] : [text]), ...(source ?? []).map((one) => wholeLink(one))]
        }),
      ),
    ],
    [
      words('catalogue.property.dcatap-applicableLegislation'),
      listed((record.applicableLegislation ?? []).map(wholeLink)),
    ],
    [
      words('catalogue.property.healthdcatap-retentionPeriod'),
      record.retentionPeriod && spanWords(visit, record.retentionPeriod.start, record.retentionPeriod.end),
    ],
  ])
}

function people(visit: Visit, record: DatasetRecord): Html {
  const { words } = visit
  const contacts = (record.contactPoint ?? []).map(({ name, email, url }) => {
    const addresses = [email, url].flatMap((address) => (address === undefined ? [] : [wholeLink(address)]))
    const lines = [textOf(visit, name), ...addresses].filter((line) => line !== undefined)
    return html`${lines.map((line, index) => html`${index > 0 && html`<br>`}${line}`)}`
  })
  return summaryList([
    [words('catalogue.property.geodcatap-custodian'), agentFacts(visit, record.custodian)],
    [words('catalogue.page.row.trusted'), isTrustedHolder(record) ? words('catalogue.page.truth.yes') : undefined],
    [words('catalogue.property.dct-publisher'), agentFacts(visit, record.publisher)],
    [words('catalogue.property.healthdcatap-hdab'), agentFacts(visit, record.hdab)],
    [
      words('catalogue.property.dct-creator'),
      listed((record.creator ?? []).flatMap((one) => agentFacts(visit, one) ?? [])),
    ],
    [words('catalogue.property.dcat-contactPoint'), listed(contacts)],
  ])
}

function descriptionFacts(visit: Visit, stored: StoredRecord, record: DatasetRecord): Html {
  const { words } = visit
  const download = (format: RdfFormat): Html =>
    html`<a href="${visit.address(`${CATALOGUE}/dataset.rdf`, {
      iri: stored.iri,
      ...(stored.source === 'own' ? {} : { source: stored.source }),
      format,
    })}">${words(`catalogue.page.format.${format}`)}</a>`
  const dated = (at: string | undefined): Html | undefined => (at === undefined ? undefined : day(visit, at))
  return summaryList([
    [words('catalogue.page.row.source'), sourceWords(visit, stored.source)],
    [words('catalogue.property.dct-identifier'), listed(textsOf(visit, record.identifier))],
    [words('catalogue.page.row.address'), wholeLink(stored.iri)],
    [words('catalogue.property.dct-issued'), dated(record.issued)],
    [words('catalogue.property.dct-modified'), dated(record.modified)],
    [words('catalogue.property.dcat-version'), record.version && html`${record.version.value}`],
    [
      words('catalogue.page.row.conforms'),
      stored.conformsToRelease && words('catalogue.page.conforms', { release: stored.conformsToRelease.slice(1) }),
    ],
    [words('catalogue.page.row.review'), dated(stored.reviewDue)],
    [words('catalogue.property.dcat-landingPage'), links(record.landingPage)],
    [
      words('catalogue.page.row.download'),
      html`${FORMATS.map((format, index) => html`${index > 0 && ', '}${download(format)}`)}`,
    ],
  ])
}
