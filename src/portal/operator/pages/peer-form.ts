/** Entering a country that was reviewed, or replacing its entry: counts at once, without a restart. */
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Problem } from '#platform/result/result.ts'
import { SERVICES } from '#wire/discovery/directory.ts'
import { PublicKey } from '#wire/discovery/participants-file.ts'
import { type Peer, writePeer } from '#wire/discovery/peers-file.ts'
import { readSearchMask } from '#wire/discovery/search-mask.ts'
import { button, checkbox, choices, errorSummary, type FieldError, form, textField } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { readForm } from '../../ui/signed-in.ts'
import { english, show } from '../../ui/site.ts'
import { recordChange } from '../change.ts'
import { refused } from '../refusal.ts'
import type { OperatorVisit } from '../visit.ts'
import { inputOf, type PeerField, type PeerInput, peerFrom, readInput } from './peer-input.ts'
import { ownEntry, peerDetails, peersOf } from './peers.ts'

export async function showPeerForm(visit: OperatorVisit): Promise<Response> {
  const country = visit.context.req.query('country') ?? ''
  const replaced = await entryBefore(visit, country)
  return formPage(visit, inputOf(replaced, visit.person.name), replaced, [])
}

export async function enterPeer(visit: OperatorVisit): Promise<Response> {
  const { options, context, now } = visit
  const sent = await readForm(visit)
  if (!sent) return refused(visit, 'foreign-form')
  const country = (sent.get('country') ?? '').trim().toUpperCase()
  const replaced = await entryBefore(visit, country)
  const input = readInput(sent, replaced?.certificates ?? [])
  const wrong = (field: PeerField, { code, sentence, next }: Problem) => {
    // A private key that was sent by mistake does not travel back.
    const shown = code === 'private-key' ? { ...input, [field]: '' } : input
    return formPage(visit, shown, replaced, [{ field, message: english(`${sentence} ${next}`) }])
  }
  if (country === options.country) {
    return formPage(visit, input, replaced, [{ field: 'country', message: visit.words('operator.form.own-country') }])
  }
  const maskFile = input.mask === '' ? replaced?.searchMask : `search-mask-${country}.xml`
  const peer = peerFrom(input, maskFile, now)
  if (!peer.ok) return wrong(fieldOf(peer.problem.place?.path), peer.problem)
  const mask = input.mask === '' ? undefined : readSearchMask(Buffer.from(input.mask))
  if (mask && !mask.ok) return wrong('mask', mask.problem)
  if (mask && mask.value.country !== country) {
    return formPage(visit, input, replaced, [{ field: 'mask', message: visit.words('operator.form.other-mask') }])
  }
  const change = { kind: 'peer-entered' as const, country, details: peerDetails(peer.value) }
  await recordChange(visit, change)
  // Named by a country of two letters: the path cannot lead elsewhere.
  if (mask) await writeFile(join(dirname(options.peersFile), `search-mask-${country}.xml`), input.mask, { mode: 0o600 })
  const written = await writePeer(options.peersFile, peer.value)
  if (written.ok) return context.redirect(visit.address(`/peers/${country}`, { entered: 'yes' }), 303)
  await recordChange(visit, change, written.problem.code)
  return wrong('country', written.problem)
}

/** The own entry, or else what the Union publishes, as a beginning. */
async function entryBefore(visit: OperatorVisit, country: string): Promise<Peer | undefined> {
  const own = await ownEntry(visit, country)
  if (own) return own
  const published = (await peersOf(visit)).peers.find((peer) => peer.country === country)
  if (!published) return undefined
  const { certificates, services, sealCertificates, tokenKeys, ...address } = published
  return {
    ...address,
    services: [...services],
    certificates: [...certificates],
    sealCertificates: [...sealCertificates],
    tokenKeys: tokenKeys.flatMap((key) => PublicKey.safeParse(key).data ?? []),
    reviewed: { by: visit.person.name, at: visit.now.toISOString() },
  }
}

function fieldOf(path: string | undefined): PeerField {
  return ([...FIELDS, 'services'] as const).find((field) => field === path) ?? 'country'
}

const FIELDS = [
  'country',
  'community',
  'ihe',
  'fhir',
  'smp',
  'certificates',
  'seals',
  'token-keys',
  'mask',
  'reviewed-by',
] as const
const ROWS: Readonly<Partial<Record<PeerField, number>>> = {
  ihe: 2,
  certificates: 6,
  seals: 6,
  'token-keys': 3,
  mask: 4,
}
const LONGEST = 60_000
const REQUIRED: readonly PeerField[] = ['country', 'community', 'reviewed-by']

function formPage(
  visit: OperatorVisit,
  input: PeerInput,
  replaced: Peer | undefined,
  errors: readonly FieldError[],
): Response {
  const { words, person } = visit
  const errorOf = (name: string): Html | undefined => errors.find(({ field }) => field === name)?.message
  const field = (name: (typeof FIELDS)[number]): Html =>
    textField(words, {
      name,
      label: words(`operator.form.${name}`),
      help: words(`operator.form.${name}.help`),
      value: input[name],
      error: errorOf(name),
      // What was reviewed before may stay as it is.
      optional: !REQUIRED.includes(name) && (name !== 'certificates' || replaced !== undefined),
      ...(ROWS[name] === undefined ? {} : { rows: ROWS[name], longest: LONGEST }),
      ...(name === 'country' ? { width: 'short' as const, autocapitalize: 'characters' as const } : {}),
    })
  const title = words.messages.text(replaced ? 'operator.form.title.replace' : 'operator.form.title.enter')
  const content = html`<p class="crumbs"><a href="${visit.address('/peers')}">${words('operator.area.peers')}</a></p>
<h1>${title}</h1><p class="lead">${words('operator.form.lead')}</p>${errorSummary(words, errors)}
${form({
  action: visit.address('/peers/enter'),
  token: person.token,
  content: html`${field('country')}${field('community')}
<fieldset class="group"><legend>${words('operator.form.addresses')}</legend>${field('ihe')}${choices({
    name: 'profile',
    legend: words('operator.peer.profile'),
    value: input.profile === 'standard' ? 'standard' : 'openncp',
    choices: (['openncp', 'standard'] as const).map((value) => ({
      value,
      label: words(`operator.form.profile.${value}`),
    })),
  })}${field('fhir')}${field('smp')}</fieldset>
${servicesGroup(visit, input, errorOf('services'))}
<fieldset class="group"><legend>${words('operator.form.trust')}</legend>${keptGroup(visit, input, replaced)}${field(
    'certificates',
  )}${field('seals')}${field('token-keys')}</fieldset>
${field('mask')}${field('reviewed-by')}<div class="actions">${button(words('operator.form.save'))}</div>`,
})}`
  return show(visit, { title, content, status: errors.length > 0 ? 422 : 200 })
}

function servicesGroup({ words }: OperatorVisit, input: PeerInput, error: Html | undefined): Html {
  return html`<fieldset class="group" id="services"><legend>${words('operator.peer.services')}</legend>${
    error && html`<p class="field-error">${error}</p>`
  }<div class="checks">${SERVICES.map((service) =>
    checkbox(`service-${service}`, html`${service}`, undefined, input.services.includes(service)),
  )}</div></fieldset>`
}

/** TLS certificates that were reviewed before: known by their fingerprints only, so they are kept or not. */
function keptGroup({ words }: OperatorVisit, input: PeerInput, replaced: Peer | undefined): Html | undefined {
  if (!replaced) return undefined
  return html`<div role="group" aria-labelledby="kept"><p id="kept" class="field-label">${words('operator.form.kept')}</p>${replaced.certificates.map(
    (one) => checkbox(`keep-${one}`, html`<code>${one}</code>`, undefined, input.kept.includes(one)),
  )}</div>`
}
