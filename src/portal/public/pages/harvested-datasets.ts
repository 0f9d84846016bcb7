/** Datasets of others of which harvests have something to say: kept out, with the reasons at their fields, or no longer listed. */
import type {
  DescriptionKey,
  Found,
  FoundDataset,
  HarvestReports,
  InvalidDataset,
} from '#research/catalogue/harvest/reports.ts'
import { linkButton } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, day, show } from '../../ui/site.ts'
import { wholeLink } from '../dataset-words.ts'
import { reasonsAddress } from '../harvest-marks.ts'
import { refused } from '../refusal.ts'
import { HARVESTS, type Visit } from '../visit.ts'
import { groupedReasons, reasonItem } from './reasons.ts'
import { datasetAddress } from './search.ts'

/** Datasets of one list on a page, and reasons of one dataset in it: a page stays light. */
const PAGE = 10
const REASONS_IN_LIST = 3
/** Reasons on the page of one dataset. Whoever corrects these is harvested again. */
const MOST_REASONS = 60

type Reports = Pick<HarvestReports, 'invalid' | 'stale'>
type Only = { readonly source?: string }

/** The list of what was kept out, a page at a time. */
export async function keptOut(visit: Visit, reports: Reports, only: Only): Promise<Html> {
  const { words } = visit
  const found = await reports.invalid({ ...only, ...pageOf(visit, 'invalid-after') })
  return html`<section aria-labelledby="kept-out"><h2 id="kept-out">${words('catalogue.page.harvest.kept-out.count', { count: found.total })}</h2>${
    found.total > 0 &&
    html`<p>${words('catalogue.page.harvest.kept-out.text')}</p><ol class="datasets">${found.datasets.map((one) => keptOutItem(visit, one))}</ol>${further(visit, found, only, 'invalid-after', 'kept-out')}`
  }</section>`
}

/** The list of what its source no longer lists. */
export async function notListed(visit: Visit, reports: Reports, only: Only): Promise<Html> {
  const { words } = visit
  const found = await reports.stale({ ...only, ...pageOf(visit, 'stale-after') })
  return html`<section aria-labelledby="not-listed"><h2 id="not-listed">${words('catalogue.page.harvest.not-listed.count', { count: found.total })}</h2>${
    found.total > 0 &&
    html`<p>${words('catalogue.page.harvest.not-listed.text')}</p><ol class="datasets">${found.datasets.map(
      (one) => html`<li><article><h3>${named(visit, one)}</h3>${facts(visit, one)}</article></li>`,
    )}</ol>${further(visit, found, only, 'stale-after', 'not-listed')}`
  }</section>`
}

/** One dataset with all its reasons. */
export async function oneKeptOut(visit: Visit, reports: Reports, key: DescriptionKey): Promise<Response> {
  const { words } = visit
  const [one] = (await reports.invalid({ ...key, limit: 1 })).datasets
  if (!one) return refused(visit, 'not-found')
  const reasons = groupedReasons(one.problems, words)
  const title = one.title ?? one.iri
  return show(visit, {
    title: words.messages.text('catalogue.page.harvest.reasons.title', { title }),
    content: html`<p class="crumbs"><a href="${visit.address(HARVESTS)}">${words('catalogue.page.harvest.title')}</a></p>
<h1>${title}</h1>${facts(visit, one)}<p>${words('catalogue.page.harvest.kept-out.text')}</p>${
      one.title !== undefined &&
      html`<p><a href="${datasetAddress(visit, one)}">${words('catalogue.page.harvest.older')}</a></p>`
    }<section class="block"><h2>${words('catalogue.page.harvest.reasons.count', { count: reasons.length })}</h2><ol>${reasons
      .slice(0, MOST_REASONS)
      .map((reason) => reasonItem(words, reason))}</ol>${
      reasons.length > MOST_REASONS &&
      html`<p>${words('catalogue.page.harvest.reasons.first', { number: String(MOST_REASONS) })}</p>`
    }</section>`,
  })
}

function keptOutItem(visit: Visit, one: InvalidDataset): Html {
  const { words } = visit
  const reasons = groupedReasons(one.problems, words)
  return html`<li><article><h3><a href="${reasonsAddress(visit, one)}">${one.title ?? one.iri}</a></h3>${facts(visit, one)}<ul>${reasons
    .slice(0, REASONS_IN_LIST)
    .map((reason) => reasonItem(words, reason))}</ul>${
    reasons.length > REASONS_IN_LIST &&
    html`<p><a href="${reasonsAddress(visit, one)}">${words('catalogue.page.harvest.reasons.all', { count: reasons.length })}</a></p>`
  }</article></li>`
}

/** What the catalogue still has can be read. */
function named(visit: Visit, one: FoundDataset): Html {
  return one.title === undefined ? html`${one.iri}` : html`<a href="${datasetAddress(visit, one)}">${one.title}</a>`
}

function facts(visit: Visit, { source, iri, seen }: FoundDataset): Html {
  return html`<p class="facts">${countryName(visit, source)} · ${visit.words('catalogue.page.harvest.seen')} ${day(visit, seen)} · ${wholeLink(iri)}</p>`
}

type Cursor = 'invalid-after' | 'stale-after'

function pageOf({ context }: Visit, cursor: Cursor) {
  const after = context.req.query(cursor)
  return { limit: PAGE, ...(after === undefined ? {} : { after }) }
}

/** The other list stays where it is. */
function further(
  visit: Visit,
  { next }: Found<unknown>,
  only: Only,
  cursor: Cursor,
  place: 'kept-out' | 'not-listed',
): Html | undefined {
  if (next === undefined) return undefined
  const other: Cursor = cursor === 'invalid-after' ? 'stale-after' : 'invalid-after'
  const kept = { ...only, [other]: visit.context.req.query(other) ?? '', [cursor]: next }
  return html`<p>${linkButton(`${visit.address(HARVESTS, kept)}#${place}`, visit.words(`catalogue.page.harvest.${place}.more`))}</p>`
}
