/** What the body does in a case, but for granting, criteria and fees, which have pages of their own (EHDS Art. 57 to 69). */
import { holdersOf, openFindings } from '#research/applications/case/state.ts'
import type { ActField, Acts } from '../case-desk/act.ts'
import type { PartSeen } from '../case-desk/acting.ts'
import { html, type Words } from '../ui/markup.ts'
import { permitNumber } from './permit-number.ts'

const REASONS: ActField = { name: 'reasons', kind: 'words' }
const NOTHING = { fields: () => [], facts: () => ({}) } as const

export const BODY_ACTS: Acts = {
  'confirm-complete': NOTHING,
  'ask-completion': {
    fields: () => [{ name: 'questions', kind: 'lines' }],
    facts: (input) => ({ questions: [...input.lines('questions')] }),
  },
  lapse: NOTHING,
  'ask-question': {
    fields: () => [{ name: 'question', kind: 'words' }],
    facts: (input) => ({ question: input.words('question') }),
  },
  'send-to-trusted-holder': {
    fields: (seen) => [holderField(seen)],
    facts: (input) => ({ holder: input.words('holder') }),
  },
  'extend-decision': {
    fields: () => [{ name: 'months', kind: 'number', value: '3' }, REASONS],
    facts: (input) => ({ months: input.number('months'), reasons: input.words('reasons') }),
  },
  'charge-costs': {
    fields: () => [{ name: 'amount', kind: 'euros' }, REASONS],
    facts: (input) => ({ cents: input.euros('amount'), reasons: input.words('reasons') }),
  },
  'propose-conversion': { fields: () => [REASONS], facts: (input) => ({ reasons: input.words('reasons') }) },
  refuse: {
    fields: () => [{ name: 'justification', kind: 'words' }],
    facts: (input) => ({ justification: input.words('justification') }),
    confirm: true,
  },
  'publish-decision': {
    fields: () => [{ name: 'summary', kind: 'words' }],
    facts: (input) => ({ summary: input.words('summary') }),
  },
  'ask-holder': {
    fields: (seen) => [holderField(seen)],
    facts: (input) => ({ holder: input.words('holder') }),
  },
  'extend-preparation': {
    fields: () => [{ name: 'until-day', kind: 'day' }, REASONS],
    facts: (input) => ({ until: input.words('until-day'), reasons: input.words('reasons') }),
  },
  'make-available': {
    fields: () => [{ name: 'environment', kind: 'text' }],
    facts: (input) => ({ environment: input.words('environment') }),
  },
  respond: {
    fields: () => [{ name: 'reference', kind: 'text' }],
    facts: (input) => ({ reference: input.words('reference') }),
  },
  'decide-extension': {
    fields: () => [{ name: 'granted', kind: 'yes-no' }, REASONS],
    facts: (input, { part }) => ({
      granted: input.isYes('granted'),
      reasons: input.words('reasons'),
      ...(input.isYes('granted') ? { permitId: permitNumber(part.memberState) } : {}),
    }),
  },
  'set-fee': {
    fields: () => [{ name: 'amount', kind: 'euros' }, REASONS],
    facts: (input) => ({ cents: input.euros('amount'), reasons: input.words('reasons') }),
  },
  'notify-finding': {
    fields: (seen, words) => [
      againstField(seen, words),
      { name: 'description', kind: 'words' },
      { name: 'views-until', kind: 'day' },
    ],
    facts: (input, { part }) => {
      const against = input.words('against')
      return {
        finding: `finding-${Object.keys(part.findings).length + 1}`,
        ...(against === 'user' ? { against: 'user' } : { against: 'holder', holder: against }),
        description: input.words('description'),
        viewsUntil: input.words('views-until'),
      }
    },
  },
  'conclude-finding': {
    fields: (seen) => [
      findingField(seen),
      { name: 'confirmed', kind: 'yes-no' },
      REASONS,
      { name: 'fine', kind: 'euros', optional: true },
      { name: 'revoke', kind: 'yes-no', value: 'no' },
      { name: 'exclude-until', kind: 'day', optional: true },
    ],
    facts: (input, { state, part }) => {
      const finding = input.words('finding')
      const excluded = input.given('exclude-until')
      const party = part.findings[finding]?.holder ?? state.application?.applicant.identifier ?? ''
      return {
        finding,
        confirmed: input.isYes('confirmed'),
        reasons: input.words('reasons'),
        revoke: input.isYes('revoke'),
        ...(input.given('fine') === undefined ? {} : { fineCents: input.euros('fine') }),
        ...(excluded === undefined ? {} : { exclude: { party, until: excluded } }),
      }
    },
    confirm: true,
  },
  suspend: { fields: () => [REASONS], facts: (input) => ({ reasons: input.words('reasons') }), confirm: true },
  resume: { fields: () => [REASONS], facts: (input) => ({ reasons: input.words('reasons') }) },
  end: {
    fields: () => [REASONS],
    // A body ends only what has expired; revoking follows a finding (Art. 63(3)).
    facts: (input) => ({ why: 'expired', reasons: input.words('reasons') }),
  },
  'delete-data': { ...NOTHING, confirm: true },
  'extend-publication': {
    fields: () => [{ name: 'until-day', kind: 'day' }, REASONS],
    facts: (input) => ({ until: input.words('until-day'), reasons: input.words('reasons') }),
  },
  close: NOTHING,
}

function holderField({ part }: PartSeen): ActField {
  return {
    name: 'holder',
    kind: 'choice',
    options: holdersOf(part).map((holder) => [holder, html`<code>${holder}</code>`]),
  }
}

function findingField({ part }: PartSeen): ActField {
  const options = openFindings(part).map(([id, { description }]) => [id, html`${description}`] as const)
  return { name: 'finding', kind: 'choice', options }
}

function againstField({ part }: PartSeen, words: Words): ActField {
  const holders = holdersOf(part).map(
    (holder) => [holder, html`${words('access-body.against.holder')} <code>${holder}</code>`] as const,
  )
  return { name: 'against', kind: 'choice', options: [['user', words('access-body.against.user')], ...holders] }
}
