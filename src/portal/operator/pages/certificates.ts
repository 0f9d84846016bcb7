/** Which certificates run out when: this node's own, and those with which other countries sign. */
import { sealsOf } from '#wire/discovery/peer-check.ts'
import { alert, table } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, show } from '../../ui/site.ts'
import type { OwnKeys } from '../operator-options.ts'
import type { OperatorVisit } from '../visit.ts'
import { peersOf, sealState } from './peers.ts'

export interface KnownCertificate {
  readonly owner: Html
  readonly use: 'tls' | 'signature' | 'records' | 'authority'
  readonly check: ReturnType<typeof sealsOf>[number]
}

/** First those that run out first. Of peers' TLS certificates only fingerprints are known; a test of the peer sees them. */
export async function certificatesOf(visit: OperatorVisit): Promise<readonly KnownCertificate[]> {
  const { options, words, now } = visit
  const { peers } = await peersOf(visit)
  const certificates = [
    ...ownCertificates(options.keys()).flatMap(({ use, pem }) =>
      sealsOf({ sealCertificates: [pem] }, now).map((check) => ({
        owner: words('operator.certificate.own'),
        use,
        check,
      })),
    ),
    ...peers.flatMap((peer) =>
      sealsOf(peer, now).map((check) => ({
        owner: html`<a href="${visit.address(`/peers/${peer.country}`)}">${countryName(visit, peer.country)}</a>`,
        use: 'signature' as const,
        check,
      })),
    ),
  ]
  return certificates.toSorted((one, other) => one.check.expires.localeCompare(other.check.expires))
}

function ownCertificates({ tls, signature, records, authority }: OwnKeys) {
  return [
    { use: 'tls' as const, pem: tls },
    ...(signature === undefined ? [] : [{ use: 'signature' as const, pem: signature }]),
    ...(records === undefined || records === signature ? [] : [{ use: 'records' as const, pem: records }]),
    { use: 'authority' as const, pem: authority },
  ]
}

const COLUMNS = ['owner', 'use', 'validity', 'certificate'] as const

export async function showCertificates(visit: OperatorVisit): Promise<Response> {
  const { options, words } = visit
  const { folder, problem } = options.keys()
  const certificates = await certificatesOf(visit)
  const ending = certificates.filter(({ check }) => check.state !== 'valid').length
  const content = html`<h1>${words('operator.area.certificates')}</h1><p class="lead">${words('operator.certificates.lead')}</p>
${ending > 0 && alert('warning', words('operator.certificates.ending', { count: ending }), html`<p>${words('operator.certificates.ending.text')}</p>`)}
${problem !== undefined && alert('warning', words('operator.certificates.not-taken'), html`<p>${words('operator.certificates.not-taken.text', { code: problem })}</p>`)}
<div class="framed stacked">${table({
    caption: words('operator.area.certificates'),
    columns: COLUMNS.map((column) => words(`operator.column.${column}`)),
    labels: COLUMNS.map((column) => words.messages.text(`operator.column.${column}`)),
    rows: certificates.map(({ owner, use, check }) => [
      owner,
      words(`operator.use.${use}`),
      sealState(visit, check),
      html`${check.subject}<br><code>${check.fingerprint}</code>`,
    ]),
  })}</div>
<section class="block text"><h2>${words('operator.certificates.change')}</h2>
<p>${words('operator.certificates.change.why')}</p>
<ol><li>${words('operator.certificates.change.announce')}</li>
<li>${words('operator.certificates.change.files')} <code>${folder}</code><br><code>tls.key.pem</code>, <code>tls.certificate.pem</code>, <code>signature.key.pem</code>, <code>signature.certificate.pem</code>, <code>records.key.pem</code>, <code>records.certificate.pem</code></li>
<li>${words('operator.certificates.change.taken')}</li></ol></section>`
  return show(visit, { title: words.messages.text('operator.area.certificates'), content })
}
