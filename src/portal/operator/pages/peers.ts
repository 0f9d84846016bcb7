/** The countries that this node exchanges with: how they are spoken to, whom they are believed to be, whether they answer. */
import type { Participant } from '#wire/discovery/directory.ts'
import { checkPeer, type EndpointCheck, type PeerCheck, type SealCheck, sealsOf } from '#wire/discovery/peer-check.ts'
import { type Peer, readPeers, removePeer } from '#wire/discovery/peers-file.ts'
import { alert, button, checkbox, form, linkButton, summaryList, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { countryName, englishParagraph, moment, show } from '../../ui/site.ts'
import { recordChange } from '../change.ts'
import { refused } from '../refusal.ts'
import { type OperatorVisit, stateTag } from '../visit.ts'

export async function showPeers(visit: OperatorVisit): Promise<Response> {
  return listPage(visit, [])
}

/** Tests one country, or all; the answers are shown and not kept. */
export async function testPeers(visit: OperatorVisit): Promise<Response> {
  const { options, context } = visit
  if (!(await readForm(visit))) return refused(visit, 'foreign-form')
  const country = context.req.param('country')
  const asked = (await peersOf(visit)).peers.filter((peer) => country === undefined || peer.country === country)
  const checks = await Promise.all(
    asked.map((peer) => checkPeer(peer, { fetch: options.fetch, clock: options.now ?? (() => new Date()) })),
  )
  if (country === undefined) return listPage(visit, checks)
  const [peer] = asked
  return peer ? peerPage(visit, peer, { check: checks[0] }) : refused(visit, 'not-found')
}

export async function showPeer(visit: OperatorVisit): Promise<Response> {
  const { peers } = await peersOf(visit)
  const peer = peers.find(({ country }) => country === visit.context.req.param('country'))
  return peer ? peerPage(visit, peer, {}) : refused(visit, 'not-found')
}

export async function removePeerOf(visit: OperatorVisit): Promise<Response> {
  const { options, context } = visit
  const form = await readForm(visit)
  if (!form) return refused(visit, 'foreign-form')
  const country = context.req.param('country') ?? ''
  const own = await ownEntry(visit, country)
  if (!own) return refused(visit, 'not-found')
  if (form.get('sure') !== 'yes') return peerPage(visit, own, { unsure: true })
  const change = { kind: 'peer-removed' as const, country, details: peerDetails(own) }
  await recordChange(visit, change)
  const removed = await removePeer(options.peersFile, country)
  if (!removed.ok) {
    await recordChange(visit, change, removed.problem.code)
    return peerPage(visit, own, { problem: `${removed.problem.sentence} ${removed.problem.next}` })
  }
  return context.redirect(visit.address('/peers', { removed: country }), 303)
}

/** What the ledger remembers of an entry: whom it makes trusted, and where. */
export function peerDetails(peer: Peer): readonly { readonly type: string; readonly value: string }[] {
  const { profile, ...services } = peer.ihe ?? { profile: undefined }
  const addresses = [peer.fhirBase, ...Object.values(services), peer.smp].filter((one) => one !== undefined)
  return [
    ...peer.certificates.map((value) => ({ type: 'urn:tessera:tls-certificate', value })),
    ...sealsOf(peer, new Date(0)).map(({ fingerprint: value }) => ({ type: 'urn:tessera:seal-certificate', value })),
    ...peer.tokenKeys.map(({ kid: value }) => ({ type: 'urn:tessera:token-key', value })),
    ...[...new Set(addresses)].map((value) => ({ type: 'urn:tessera:address', value })),
    { type: 'urn:tessera:reviewed-by', value: peer.reviewed.by },
  ]
}

export async function ownEntry({ options }: OperatorVisit, country: string): Promise<Peer | undefined> {
  const list = await readPeers(options.peersFile)
  return list.ok ? list.value.peers.find((peer) => peer.country === country) : undefined
}

interface Known {
  /** All but this node's own country. */
  readonly peers: readonly Participant[]
  readonly own: readonly Peer[]
  /** Why one of the lists could not be had. */
  readonly problems: readonly string[]
}

export async function peersOf({ options }: OperatorVisit): Promise<Known> {
  const [participants, own] = await Promise.all([options.directory.participants(), readPeers(options.peersFile)])
  const said = [participants, own].flatMap((one) => (one.ok ? [] : [`${one.problem.sentence} ${one.problem.next}`]))
  const peers = participants.ok ? participants.value : own.ok ? own.value.peers : []
  return {
    peers: peers
      .filter(({ country }) => country !== options.country)
      .toSorted((one, other) => one.country.localeCompare(other.country)),
    own: own.ok ? own.value.peers : [],
    problems: said,
  }
}

const COLUMNS = ['country', 'wires', 'seals', 'reviewed', 'test'] as const

async function listPage(visit: OperatorVisit, checks: readonly PeerCheck[]): Promise<Response> {
  const { words, person, context } = visit
  const { peers, own, problems } = await peersOf(visit)
  const removed = context.req.query('removed') ?? ''
  const columns = COLUMNS.filter((column) => column !== 'test' || checks.length > 0)
  const rows = peers.map((peer) => {
    const check = checks.find(({ country }) => country === peer.country)
    return [
      html`<a href="${visit.address(`/peers/${peer.country}`)}">${countryName(visit, peer.country)}</a>`,
      html`${wiresOf(peer)}`,
      sealTags(visit, sealsOf(peer, visit.now)),
      reviewedCell(
        visit,
        own.find(({ country }) => country === peer.country),
      ),
      ...(check ? [stateTag(visit, check.fine ? 'fine' : 'not-fine', check.fine)] : []),
    ]
  })
  const content = html`<h1>${words('operator.area.peers')}</h1><p class="lead">${words('operator.peers.lead')}</p>
${/^[A-Z]{2}$/.test(removed) && alert('success', words('operator.peers.removed', { country: countryName(visit, removed) }), html`<p>${words('operator.peers.removed.text')}</p>`)}
${problems.map((problem) => alert('warning', words('operator.peers.problem'), englishParagraph(problem)))}
${
  rows.length === 0
    ? html`<p>${words('operator.peers.none')}</p>`
    : html`<div class="framed stacked">${table({
        caption: words('operator.area.peers'),
        columns: columns.map((column) => words(`operator.column.${column}`)),
        labels: columns.map((column) => words.messages.text(`operator.column.${column}`)),
        rows,
      })}</div>`
}
<div class="actions">${form({
    action: visit.address('/peers/test'),
    token: person.token,
    inline: true,
    content: button(words('operator.peers.test-all'), 'other'),
  })}${linkButton(visit.address('/peers/enter'), words('operator.peers.enter'), 'main')}</div>`
  return show(visit, { title: words.messages.text('operator.area.peers'), content })
}

interface PeerState {
  readonly check?: PeerCheck | undefined
  readonly unsure?: boolean
  readonly problem?: string
}

async function peerPage(visit: OperatorVisit, peer: Participant, state: PeerState): Promise<Response> {
  const { words, context } = visit
  const { check, unsure, problem } = state
  const own = await ownEntry(visit, peer.country)
  const name = countryName(visit, peer.country)
  const content = html`<p class="crumbs"><a href="${visit.address('/peers')}">${words('operator.area.peers')}</a></p>
<h1>${name}</h1>
${context.req.query('entered') !== undefined && alert('success', words('operator.peer.entered'), html`<p>${words('operator.peer.entered.text')}</p>`)}
${problem !== undefined && alert('warning', words('operator.peer.not-changed'), englishParagraph(problem))}
${check && checkBlock(visit, check)}
${factsOf(visit, peer, own)}
<div class="actions">${form({
    action: visit.address(`/peers/${peer.country}/test`),
    token: visit.person.token,
    inline: true,
    content: button(words('operator.peer.test'), 'main'),
  })}${linkButton(visit.address('/peers/enter', { country: peer.country }), words('operator.peer.replace'))}</div>
${own && removeBlock(visit, peer.country, unsure === true)}`
  return show(visit, { title: name, content, status: problem === undefined ? (unsure ? 422 : 200) : 409 })
}

function factsOf(visit: OperatorVisit, peer: Participant, own: Peer | undefined): Html {
  const { words } = visit
  const { profile, ...services } = peer.ihe ?? { profile: undefined }
  return html`<section class="block">${summaryList([
    [words('operator.column.reviewed'), reviewedCell(visit, own)],
    [words('operator.peer.community'), html`<code>${peer.homeCommunityId}</code>`],
    [words('operator.peer.services'), html`${peer.services.join(', ')}`],
    [words('operator.peer.fhir'), peer.fhirBase === undefined ? undefined : html`<code>${peer.fhirBase}</code>`],
    ...Object.entries(services).map(
      ([service, address]) => [html`IHE, ${service}`, html`<code>${address}</code>`] as const,
    ),
    [words('operator.peer.profile'), profile === undefined ? undefined : html`${profile}`],
    [words('operator.peer.smp'), own?.smp === undefined ? undefined : html`<code>${own.smp}</code>`],
    [
      words('operator.peer.tls'),
      html`<ul class="plain">${peer.certificates.map((one) => html`<li><code>${one}</code></li>`)}</ul>`,
    ],
    [words('operator.peer.token-keys'), html`${peer.tokenKeys.map(({ kid }) => kid ?? '').join(', ') || '–'}`],
    [words('operator.peer.seals'), sealList(visit, sealsOf(peer, visit.now))],
    [
      words('operator.area.masks'),
      html`<a href="${visit.address('/masks')}#mask-${peer.country}">${words('operator.peer.mask')}</a>`,
    ],
  ])}</section>`
}

const CHECK_COLUMNS = ['endpoint', 'state', 'answer', 'address'] as const

function checkBlock(visit: OperatorVisit, check: PeerCheck): Html {
  const { words } = visit
  const { endpoints, clockAhead = 0, fine } = check
  const seconds = Math.abs(clockAhead)
  const clock = `operator.check.clock.${clockAhead > 0 ? 'ahead' : 'behind'}`
  return html`${alert(
    fine ? 'success' : 'warning',
    words(fine ? 'operator.check.fine' : 'operator.check.not-fine'),
    html`<p>${words('operator.check.text')}</p>${seconds > 2 && html`<p>${words(clock, { count: seconds })}</p>`}`,
  )}
<div class="framed stacked">${table({
    caption: words('operator.check.caption'),
    columns: CHECK_COLUMNS.map((column) => words(`operator.column.${column}`)),
    labels: CHECK_COLUMNS.map((column) => words.messages.text(`operator.column.${column}`)),
    rows: endpoints.map((one) => [
      html`${one.name}`,
      stateTag(visit, one.state, one.state === 'answers'),
      html`${answerOf(one)}`,
      html`<code>${one.address}</code>`,
    ]),
  })}</div>`
}

function answerOf({ status, milliseconds }: EndpointCheck): string {
  return [status === undefined ? undefined : `HTTP ${status}`, `${milliseconds} ms`].filter(Boolean).join(', ')
}

function removeBlock(visit: OperatorVisit, country: string, unsure: boolean): Html {
  const { words, person } = visit
  return html`<section class="block"><h2>${words('operator.peer.remove')}</h2><p>${words('operator.peer.remove.text')}</p>${form(
    {
      action: visit.address(`/peers/${country}/remove`),
      token: person.token,
      content: html`${checkbox(
        'sure',
        words('operator.peer.remove.sure'),
        unsure ? words('operator.peer.remove.unsure') : undefined,
      )}<div class="actions">${button(words('operator.peer.remove'), 'other')}</div>`,
    },
  )}</section>`
}

function wiresOf({ fhirBase, ihe }: Participant): string {
  return [fhirBase && 'FHIR', ihe && `IHE (${ihe.profile})`].filter(Boolean).join(', ') || '–'
}

function reviewedCell(visit: OperatorVisit, own: Peer | undefined): Html {
  if (!own) return visit.words('operator.peers.by-union')
  return html`${own.reviewed.by}, ${moment(visit, own.reviewed.at)}`
}

function sealTags(visit: OperatorVisit, seals: readonly SealCheck[]): Html {
  if (seals.length === 0) return visit.words('operator.seal.none')
  return html`${seals.map((seal) => html`<div>${sealState(visit, seal)}</div>`)}`
}

export function sealState(visit: OperatorVisit, { state, expires }: SealCheck): Html {
  return html`${stateTag(visit, state, state === 'valid')} ${visit.words('operator.seal.until', { date: visit.words.messages.formats.date(expires.slice(0, 10)) })}`
}

function sealList(visit: OperatorVisit, seals: readonly SealCheck[]): Html {
  if (seals.length === 0) return visit.words('operator.seal.none')
  return html`<ul class="plain">${seals.map(
    (seal) => html`<li>${sealState(visit, seal)}<br>${seal.subject}<br><code>${seal.fingerprint}</code></li>`,
  )}</ul>`
}
