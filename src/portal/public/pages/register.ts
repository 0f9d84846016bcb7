/** The public register (Art. 57(1)(j)): what was applied for, what was decided and why. */
import type { PublicDecision, PublicEntry } from '#research/applications/register/register.ts'
import { linkButton, summaryList, tag } from '../../ui/components.ts'
import { type Html, html } from '../../ui/markup.ts'
import { countryName, day, show } from '../../ui/site.ts'
import { refused } from '../refusal.ts'
import { CATALOGUE, OPT_OUT, REGISTER, type RegisterVisit, ruleLabel, rulesOf } from '../visit.ts'

const PAGE = 25
const TITLE_ID = /^[0-9a-f-]{36}$/

export async function showRegister(visit: RegisterVisit): Promise<Response> {
  const { options, words, context } = visit
  const title = words.messages.text('catalogue.page.register.title')
  const submittedAt = context.req.query('before')
  const caseId = context.req.query('case')
  const before = submittedAt !== undefined && caseId !== undefined ? { submittedAt, caseId } : undefined
  const read = await options.register.register({ limit: PAGE + 1, ...(before ? { before } : {}) })
  const entries = read.slice(0, PAGE)
  const last = entries.at(-1)
  return show(visit, {
    title,
    content: html`<h1>${title}</h1><p class="lead">${words('catalogue.page.register.lead', { body: options.procedures.body.name })}</p>${
      entries.length === 0
        ? html`<p>${words('catalogue.page.register.none')}</p>`
        : html`<ol class="datasets">${entries.map((entry) => listedEntry(visit, entry))}</ol>`
    }${
      read.length > PAGE &&
      last &&
      html`<p>${linkButton(visit.address(REGISTER, { before: last.submittedAt, case: last.caseId }), words('catalogue.page.register.older'))}</p>`
    }${rightToOptOut(visit)}`,
  })
}

/** The right to opt out of secondary use (Art. 71), and to whom one turns. */
function rightToOptOut({ words, options }: RegisterVisit): Html {
  const body = options.procedures.body.name
  return html`<section class="block" id="${OPT_OUT}"><h2>${words('catalogue.page.opt-out.link')}</h2><p>${words('catalogue.page.opt-out.text', { body })}</p><p>${words('catalogue.page.opt-out.permits')}</p></section>`
}

export async function showEntry(visit: RegisterVisit, caseId: string): Promise<Response> {
  const entry = TITLE_ID.test(caseId) ? await entryOf(visit, caseId) : undefined
  if (!entry) return refused(visit, 'not-found')
  const { words } = visit
  const rules = rulesOf(visit)
  return show(visit, {
    title: entry.title,
    content: html`<p class="crumbs"><a href="${visit.address(REGISTER)}">${words('catalogue.page.nav.register')}</a></p>
<h1>${entry.title}</h1><section class="block">${paragraphs(entry.summary)}${summaryList([
      [words('catalogue.page.register.kind'), words(`catalogue.page.kind.${entry.kind}`)],
      [words('catalogue.page.register.applicant'), applicantWords(visit, entry)],
      [words('catalogue.page.register.country'), html`${countryName(visit, entry.country)}`],
      [words('catalogue.page.register.submitted'), day(visit, entry.submittedAt)],
      [
        words('catalogue.page.register.purposes'),
        list(entry.purposes.map((code) => ruleLabel(visit, rules.purposes, code))),
      ],
      [
        words('catalogue.page.register.categories'),
        list(entry.categories.map((code) => ruleLabel(visit, rules.categories, code))),
      ],
      [words('catalogue.page.register.withdrawn'), entry.withdrawn ? words('catalogue.page.truth.yes') : undefined],
      [words('catalogue.page.register.number'), html`<code>${entry.caseId}</code>`],
    ])}</section>${entry.decisions.map((decision) => decisionBlock(visit, decision))}`,
  })
}

/** The register is read from its newest end, so an entry is looked for page by page. */
async function entryOf({ options }: RegisterVisit, caseId: string): Promise<PublicEntry | undefined> {
  let before: PublicEntry | undefined
  for (;;) {
    const entries = await options.register.register({ limit: 500, ...(before ? { before } : {}) })
    const found = entries.find((entry) => entry.caseId === caseId)
    before = entries.at(-1)
    if (found || !before || entries.length < 500) return found
  }
}

function listedEntry(visit: RegisterVisit, entry: PublicEntry): Html {
  const { words } = visit
  return html`<li><article><h2><a href="${visit.address(`${REGISTER}/${entry.caseId}`)}">${entry.title}</a></h2><p class="facts">${words(
    `catalogue.page.kind.${entry.kind}`,
  )} · ${applicantWords(visit, entry)} · ${words('catalogue.page.register.on', {
    date: words.messages.formats.date(entry.submittedAt.slice(0, 10)),
  })}</p><p class="tags">${entry.decisions.map(
    ({ memberState, outcome }) => html`${outcomeTag(visit, outcome, countryName(visit, memberState))} `,
  )}</p></article></li>`
}

function applicantWords(visit: RegisterVisit, { applicant, applicantKind }: PublicEntry): Html {
  const kind = ruleLabel(visit, rulesOf(visit).applicantKinds, applicantKind)
  return applicant === undefined ? kind : html`${applicant} (${kind})`
}

const TONE: Readonly<Record<PublicDecision['outcome'], 'plain' | 'good' | 'warn'>> = {
  pending: 'plain',
  permit: 'good',
  'approved-request': 'good',
  refused: 'warn',
  lapsed: 'plain',
  withdrawn: 'plain',
}

function outcomeTag({ words }: RegisterVisit, outcome: PublicDecision['outcome'], country: string): Html {
  return tag(html`${country && html`${country}, `}${words(`catalogue.page.outcome.${outcome}`)}`, TONE[outcome])
}

function decisionBlock(visit: RegisterVisit, decision: PublicDecision): Html {
  const { words } = visit
  const { duration, summary } = decision
  const heading = words('catalogue.page.register.decision', { country: countryName(visit, decision.memberState) })
  return html`<section class="block"><h2>${heading}</h2><p>${outcomeTag(visit, decision.outcome, '')}</p>${
    summary !== undefined &&
    html`<h3>${words(decision.outcome === 'refused' ? 'catalogue.page.register.reasons' : 'catalogue.page.register.description')}</h3>${paragraphs(summary)}`
  }${summaryList([
    [
      words('catalogue.page.register.decided'),
      decision.decidedAt === undefined ? undefined : day(visit, decision.decidedAt),
    ],
    [
      words('catalogue.page.register.duration'),
      duration && html`${day(visit, duration.from)} – ${day(visit, duration.until)}`,
    ],
    [
      words('catalogue.page.register.datasets'),
      list(decision.datasets.map((dataset) => datasetLink(visit, decision, dataset))),
    ],
    [
      words('catalogue.page.register.ended'),
      decision.endedAt === undefined
        ? undefined
        : html`${day(visit, decision.endedAt)}${decision.endedWhy && html`, ${words(`catalogue.page.ended.${decision.endedWhy}`)}`}`,
    ],
    [
      words('catalogue.page.register.results'),
      decision.resultsPublishedAt === undefined ? undefined : day(visit, decision.resultsPublishedAt),
    ],
  ])}</section>`
}

function datasetLink(visit: RegisterVisit, { memberState }: PublicDecision, dataset: string): Html {
  if (!/^(https?:|urn:)/.test(dataset)) return html`${dataset}`
  const source = memberState === visit.options.country ? '' : memberState
  return html`<a href="${visit.address(`${CATALOGUE}/dataset`, { iri: dataset, source })}">${dataset}</a>`
}

function paragraphs(text: string): readonly Html[] {
  return text.split(/\n\s*\n/).map((one) => html`<p>${one}</p>`)
}

function list(items: readonly Html[]): Html | undefined {
  return items.length === 0 ? undefined : html`<ul class="plain">${items.map((item) => html`<li>${item}</li>`)}</ul>`
}
