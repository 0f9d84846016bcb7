import type { Candidate } from '#care/country-b/country-b.ts'
import { alert, button, choices, errorSummary, form, linkButton, table, tag, textField } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'
import type { Trait } from '../compare.ts'

/** Kinds of identity document; the words are messages. */
export const EVIDENCE = ['identity-card', 'passport', 'residence-permit', 'health-card', 'none'] as const

const MATCH_TONES = { same: 'good', different: 'warn', 'not-typed': 'plain' } as const

export interface IdentityPage {
  readonly country: string
  readonly people: readonly { readonly candidate: Candidate; readonly traits: readonly Trait[] }[]
  readonly action: string
  readonly back: string
  readonly token: string
  readonly answers: Readonly<Record<string, string>>
  readonly errors: readonly { readonly field: string; readonly key: string }[]
}

/** The person found, trait by trait beside what was typed, to be compared with the identity document. */
export function identityPage(words: Words, view: IdentityPage): Html {
  const several = view.people.length > 1
  const error = (field: string): Html | undefined => {
    const found = view.errors.find((one) => one.field === field)
    return found && words(found.key)
  }
  return html`${errorSummary(
    words,
    view.errors.map(({ field, key }) => ({ field, message: words(key) })),
  )}<h1>${words(several ? 'portal.identity.title-several' : 'portal.identity.title')}</h1>
<p class="lead">${words('portal.identity.lead')}</p>${view.people.map(({ traits }, index) =>
    traitTable(words, traits, several ? index + 1 : undefined, view.country),
  )}${
    view.people.some(({ traits }) => traits.some(({ match }) => match === 'different')) &&
    alert('warning', words('portal.identity.differs.title'), html`<p>${words('portal.identity.differs.text')}</p>`)
  }${form({
    action: view.action,
    token: view.token,
    content: html`${
      several &&
      choices({
        name: 'candidate',
        legend: words('portal.identity.which'),
        value: view.answers.candidate,
        error: error('candidate'),
        choices: view.people.map(({ candidate }, index) => ({
          value: candidate.identifier,
          label: html`${index + 1}. ${candidate.family} ${candidate.given.join(' ')}`,
        })),
      })
    }${choices({
      name: 'evidence',
      legend: words('portal.identity.evidence'),
      value: view.answers.evidence,
      error: error('evidence'),
      choices: EVIDENCE.map((kind) => ({ value: kind, label: words(`portal.identity.evidence.${kind}`) })),
    })}${choices({
      name: 'verdict',
      legend: words('portal.identity.verdict'),
      value: view.answers.verdict,
      error: error('verdict'),
      choices: [
        { value: 'same', label: words('portal.identity.verdict.same') },
        {
          value: 'differs',
          label: words('portal.identity.verdict.differs'),
          more: textField(words, {
            name: 'reason',
            label: words('portal.identity.reason'),
            help: words('portal.identity.reason.help'),
            value: view.answers.reason,
            error: error('reason'),
            rows: 2,
          }),
        },
      ],
    })}<div class="actions">${button(words('portal.identity.confirm'))}${linkButton(
      view.back,
      words('portal.identity.other-person'),
    )}</div>`,
  })}`
}

function traitTable(words: Words, traits: readonly Trait[], number: number | undefined, country: string): Html {
  const text = (key: string): string => words.messages.text(key)
  const show = ({ name }: Trait, value: string | undefined): Html => {
    if (value === undefined) return html`<span class="quiet">–</span>`
    if (name === 'birthDate') return html`<time datetime="${value}">${words.messages.formats.date(value)}</time>`
    return name === 'gender' ? words(`portal.gender.${value}`) : html`${value}`
  }
  const labels = [
    '',
    text('portal.identity.column.known'),
    text('portal.identity.column.typed'),
    text('portal.identity.column.match'),
  ]
  return html`<div class="framed stacked">${table({
    caption:
      number === undefined
        ? words('portal.identity.caption', { country })
        : words('portal.identity.caption-several', { country, number }),
    columns: [words('portal.identity.column.trait'), ...labels.slice(1).map((label) => html`${label}`)],
    labels,
    rows: traits.map((trait) => [
      words(trait.label),
      html`<b>${show(trait, trait.known)}</b>`,
      show(trait, trait.typed),
      tag(words(`portal.identity.match.${trait.match}`), MATCH_TONES[trait.match]),
    ]),
  })}</div>`
}
