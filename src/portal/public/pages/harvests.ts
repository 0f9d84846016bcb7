/** How the catalogues of others got in (Art. 79): each source with its last harvest, what was kept out and why, what is no longer listed. */
import type { Peer } from '#research/catalogue/harvest/harvester.ts'
import type { HarvestRun, SourceStanding } from '#research/catalogue/harvest/reports.ts'
import { table, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, moment, show } from '../../ui/site.ts'
import { wholeLink } from '../dataset-words.ts'
import { refused } from '../refusal.ts'
import { CATALOGUE, HARVESTS, type Visit } from '../visit.ts'
import { keptOut, notListed, oneKeptOut } from './harvested-datasets.ts'

/** A source as the page tells it: on the list of the moment, known from earlier harvests, or both. */
interface Source {
  readonly source: string
  readonly address: string | undefined
  readonly standing: SourceStanding | undefined
  /** It was harvested, and is not on the list any more. */
  readonly isGone: boolean
}

export async function showHarvests(visit: Visit): Promise<Response> {
  const { words, options, context } = visit
  const { harvested } = options
  if (!harvested) return refused(visit, 'not-found')
  const chosen = context.req.query('source') ?? ''
  const dataset = context.req.query('dataset') ?? ''
  if (dataset !== '') return oneKeptOut(visit, harvested.reports, { source: chosen, iri: dataset })
  const peers = await harvested.peers()
  const all = sourcesOf(peers, await harvested.reports.sources())
  const shown = chosen === '' ? all : all.filter(({ source }) => source === chosen)
  if (chosen !== '' && shown.length === 0) return refused(visit, 'not-found')
  const title = words.messages.text('catalogue.page.harvest.title')
  const crumb = chosen === '' ? [CATALOGUE, 'catalogue.page.nav.catalogue'] : [HARVESTS, 'catalogue.page.harvest.all']
  const only = chosen === '' ? {} : { source: chosen }
  return show(visit, {
    title: chosen === '' ? title : `${title} – ${countryName(visit, chosen)}`,
    content: html`<p class="crumbs"><a href="${visit.address(crumb[0] ?? '')}">${words(crumb[1] ?? '')}</a></p>
<h1>${title}${chosen !== '' && html` – ${countryName(visit, chosen)}`}</h1><p class="lead">${words('catalogue.page.harvest.lead')}</p>${
      peers === undefined && html`<p>${words('catalogue.page.harvest.list-unknown')}</p>`
    }${
      shown.length === 0
        ? html`<p>${words('catalogue.page.harvest.no-source')}</p>`
        : html`<div class="framed stacked">${sourceTable(visit, shown)}</div>`
    }${await keptOut(visit, harvested.reports, only)}${await notListed(visit, harvested.reports, only)}`,
  })
}

/** Nobody is left out: neither who was never reached nor who has left the list. */
function sourcesOf(peers: readonly Peer[] | undefined, standings: readonly SourceStanding[]): readonly Source[] {
  const names = new Set([...(peers ?? []), ...standings].map(({ source }) => source))
  return [...names].sort().map((source) => {
    const address = peers?.find((peer) => peer.source === source)?.address
    const standing = standings.find((one) => one.source === source)
    return { source, address, standing, isGone: peers !== undefined && address === undefined }
  })
}

const COUNTS = ['valid', 'unchanged', 'invalid', 'stale'] as const

function sourceTable(visit: Visit, sources: readonly Source[]): Html {
  const { words } = visit
  const keys = ['source', 'last', ...COUNTS].map((name) => `catalogue.page.harvest.column.${name}`)
  return table({
    caption: words('catalogue.page.harvest.sources'),
    columns: keys.map((key) => words(key)),
    labels: keys.map((key) => words.messages.text(key)),
    rows: sources.map((one) => {
      const counts = countedRun(one)
      return [
        sourceCell(visit, one),
        lastCell(visit, one),
        ...COUNTS.map((name) => html`${counts === undefined ? '–' : words.messages.formats.number(counts[name])}`),
      ]
    }),
  })
}

/** A harvest that had nothing counts nothing: then the last complete one is told. */
function countedRun({ standing }: Source): HarvestRun | undefined {
  if (standing?.last.outcome === 'failed') return standing.lastComplete
  return standing?.last
}

function sourceCell(visit: Visit, { source, address, isGone }: Source): Html {
  const { words } = visit
  return html`<a href="${visit.address(HARVESTS, { source })}">${countryName(visit, source)}</a>${
    isGone && html` ${tag(words('catalogue.page.harvest.gone'), 'warn')}`
  }${address !== undefined && html`<span class="sub">${wholeLink(address)}</span>`}`
}

const TONES = { complete: 'good', partial: 'warn', failed: 'warn' } as const

function lastCell(visit: Visit, { standing }: Source): Html {
  const { words } = visit
  if (!standing) return tag(words('catalogue.page.harvest.outcome.never'), 'warn')
  const { last, lastComplete } = standing
  const { outcome, problem, unnamed } = last
  return html`${moment(visit, last.ended)} UTC ${tag(words(`catalogue.page.harvest.outcome.${outcome}`), TONES[outcome])}${
    problem && html`<span class="sub">${words(`catalogue.page.harvest.problem.${problem.code}`)}</span>`
  }${
    outcome !== 'complete' &&
    html`<span class="sub">${
      lastComplete
        ? html`${words('catalogue.page.harvest.last-complete')} ${moment(visit, lastComplete.ended)} UTC`
        : words('catalogue.page.harvest.never-complete')
    }</span>`
  }${unnamed > 0 && html`<span class="sub">${words('catalogue.page.harvest.unnamed', { count: unnamed })}</span>`}`
}
