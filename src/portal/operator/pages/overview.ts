/** All at a glance: what needs somebody, and where to look further. Asks no other country. */
import { tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { moment, show } from '../../ui/site.ts'
import { periodStart, summarise } from '../figures-summary.ts'
import type { Area, OperatorVisit } from '../visit.ts'
import { certificatesOf } from './certificates.ts'
import { peersOf } from './peers.ts'

interface Tile {
  readonly area: Area
  readonly state: 'fine' | 'look'
  readonly lines: readonly Html[]
}

export async function showOverview(visit: OperatorVisit): Promise<Response> {
  const { words } = visit
  const tiles = await Promise.all([
    peersTile(visit),
    certificatesTile(visit),
    transactionsTile(visit),
    deliveriesTile(visit),
    alertsTile(visit),
  ])
  const content = html`<h1>${words('operator.overview.title')}</h1><p class="lead">${words('operator.overview.lead')}</p>
<ul class="cards">${tiles.map((tile) => tileOf(visit, tile))}</ul>`
  return show(visit, { title: words.messages.text('operator.overview.title'), content })
}

function tileOf({ words, address }: OperatorVisit, { area, state, lines }: Tile): Html {
  return html`<li><a class="pick tile" href="${address(`/${area}`)}"><strong>${words(`operator.area.${area}`)}</strong>${tag(
    words(`operator.overview.${state}`),
    state === 'fine' ? 'good' : 'warn',
  )}${lines.map((line) => html`<span class="sub">${line}</span>`)}</a></li>`
}

async function peersTile(visit: OperatorVisit): Promise<Tile> {
  const { peers, own, problems } = await peersOf(visit)
  const { words } = visit
  return {
    area: 'peers',
    state: problems.length === 0 && peers.length > 0 ? 'fine' : 'look',
    lines: [
      words('operator.overview.peers', { count: peers.length }),
      words('operator.overview.own-list', { count: own.length }),
    ],
  }
}

async function certificatesTile(visit: OperatorVisit): Promise<Tile> {
  const { words, options } = visit
  const certificates = await certificatesOf(visit)
  const [first] = certificates
  const isFine = certificates.every(({ check }) => check.state === 'valid') && options.keys().problem === undefined
  return {
    area: 'certificates',
    state: isFine ? 'fine' : 'look',
    lines: first
      ? [
          words('operator.overview.first-to-end', {
            date: words.messages.formats.date(first.check.expires.slice(0, 10)),
          }),
        ]
      : [],
  }
}

async function transactionsTile(visit: OperatorVisit): Promise<Tile> {
  const { options, words, now } = visit
  const [last] = await options.transactions.recentTransactions(1)
  const rows = await summarise(options.keyFigures.pages({ from: periodStart('today', now) }))
  const sum = (pick: 'all' | 'failed') => rows.reduce((total, row) => total + row[pick], 0)
  return {
    area: 'transactions',
    state: sum('failed') === 0 ? 'fine' : 'look',
    lines: [
      words('operator.overview.today', { count: sum('all') }),
      words('operator.overview.failed', { count: sum('failed') }),
      ...(last ? [html`${words('operator.overview.last')} ${moment(visit, last.started)}`] : []),
    ],
  }
}

async function deliveriesTile({ options, words }: OperatorVisit): Promise<Tile> {
  const { failures, repository } = options.recorder()
  const entries = await options.outbox.unsettled()
  const asking = entries.filter(({ needsPerson }) => needsPerson).length
  const unreachable = (repository?.failures ?? 0) > 0
  return {
    area: 'deliveries',
    state: asking === 0 && !unreachable && failures === 0 ? 'fine' : 'look',
    lines: [
      words('operator.overview.unsettled', { count: entries.length }),
      words('operator.overview.asking', { count: asking }),
      ...(repository ? [words('operator.overview.audit', { count: repository.waiting })] : []),
    ],
  }
}

const DAY_MS = 86_400_000

async function alertsTile({ options, words, now }: OperatorVisit): Promise<Tile> {
  const since = new Date(now.getTime() - DAY_MS).toISOString()
  const recent = (await options.alerts(100)).filter(({ raised }) => raised >= since)
  return {
    area: 'alerts',
    state: recent.length === 0 ? 'fine' : 'look',
    lines: [words('operator.overview.alerts', { count: recent.length })],
  }
}
