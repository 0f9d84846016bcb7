/** What the body does in a case, but for granting, criteria and fees, which have pages of their own (EHDS Art. 57 to 69). */
import { holdersOf, openFindings } from '#research/applications/case/state.ts'
import { type ActField, type ActInput, type Acts, plainAct } from '../case-desk/act.ts'
import type { PartSeen } from '../case-desk/acting.ts'
import { html, type Words } from '../ui/markup.ts'
import { permitNumber } from './permit-number.ts'

const REASONS: ActField = { name: 'reasons', kind: 'words' }
const nothing = () => ({})
const SURE = { confirm: true } as const

/** Acts that ask for plain fields only. */
export const PLAIN_ACTS: Acts = {
  'confirm-complete': plainAct(() => [], nothing),
  'ask-completion': plainAct(
    () => [{ name: 'questions', kind: 'lines' }],
    (input) => ({ questions: [...input.lines('questions')] }),
  ),
  lapse: plainAct(() => [], nothing),
  'ask-question': plainAct(
    () => [{ name: 'question', kind: 'words' }],
    (input) => ({ question: input.words('question') }),
  ),
  'send-to-trusted-holder': plainAct(
    (seen) => [holderField(seen)],
    (input) => ({ holder: input.words('holder') }),
  ),
  'extend-decision': plainAct(
    () => [{ name: 'months', kind: 'number', value: '3' }, REASONS],
    (input) => ({ months: input.number('months'), reasons: input.words('reasons') }),
  ),
  'charge-costs': plainAct(() => [{ name: 'amount', kind: 'euros' }, REASONS], amount),
  'propose-conversion': plainAct(() => [REASONS], reasons),
  refuse: plainAct(
    () => [{ name: 'justification', kind: 'words' }],
    (input) => ({ justification: input.words('justification') }),
    SURE,
  ),
  'publish-decision': plainAct(
    () => [{ name: 'summary', kind: 'words' }],
    (input) => ({ summary: input.words('summary') }),
  ),
  'ask-holder': plainAct(
    (seen) => [holderField(seen)],
    (input) => ({ holder: input.words('holder') }),
  ),
  'extend-preparation': plainAct(() => [{ name: 'until-day', kind: 'day' }, REASONS], untilDay),
  'make-available': plainAct(
    () => [{ name: 'environment', kind: 'text' }],
    (input) => ({ environment: input.words('environment') }),
  ),
  respond: plainAct(
    () => [{ name: 'reference', kind: 'text' }],
    (input) => ({ reference: input.words('reference') }),
  ),
  'decide-extension': plainAct(
    () => [{ name: 'granted', kind: 'yes-no' }, REASONS],
    (input, { part }) => ({
      granted: input.isYes('granted'),
      reasons: input.words('reasons'),
      ...(input.isYes('granted') ? { permitId: permitNumber(part.memberState) } : {}),
    }),
  ),
  'set-fee': plainAct(() => [{ name: 'amount', kind: 'euros' }, REASONS], amount),
  'notify-finding': plainAct(
    (seen, words) => [
      againstField(seen, words),
      { name: 'description', kind: 'words' },
      { name: 'views-until', kind: 'day' },
    ],
    (input, { part }) => {
      const against = input.words('against')
      return {
        finding: `finding-${Object.keys(part.findings).length + 1}`,
        ...(against === 'user' ? { against: 'user' as const } : { against: 'holder' as const, holder: against }),
        description: input.words('description'),
        viewsUntil: input.words('views-until'),
      }
    },
  ),
  'conclude-finding': plainAct(
    (seen) => [
      findingField(seen),
      { name: 'confirmed', kind: 'yes-no' },
      REASONS,
      { name: 'fine', kind: 'euros', optional: true },
      { name: 'revoke', kind: 'yes-no', value: 'no' },
      { name: 'exclude-until', kind: 'day', optional: true },
    ],
    conclusion,
    SURE,
  ),
  suspend: plainAct(() => [REASONS], reasons, SURE),
  resume: plainAct(() => [REASONS], reasons),
  // A body ends only what has expired; revoking follows a finding (Art. 63(3)).
  end: plainAct(
    () => [REASONS],
    (input) => ({ why: 'expired', reasons: input.words('reasons') }),
  ),
  'delete-data': plainAct(() => [], nothing, SURE),
  'extend-publication': plainAct(() => [{ name: 'until-day', kind: 'day' }, REASONS], untilDay),
  close: plainAct(() => [], nothing),
}

function reasons(input: ActInput) {
  return { reasons: input.words('reasons') }
}

function amount(input: ActInput) {
  return { cents: input.euros('amount'), reasons: input.words('reasons') }
}

function untilDay(input: ActInput) {
  return { until: input.words('until-day'), reasons: input.words('reasons') }
}

/** Art. 63: a finding and what follows from it. */
function conclusion(input: ActInput, { state, part }: PartSeen) {
  const finding = input.words('finding')
  const until = input.given('exclude-until')
  const party = part.findings[finding]?.holder ?? state.application?.applicant.identifier ?? ''
  return {
    finding,
    confirmed: input.isYes('confirmed'),
    reasons: input.words('reasons'),
    revoke: input.isYes('revoke'),
    ...(input.given('fine') === undefined ? {} : { fineCents: input.euros('fine') }),
    ...(until === undefined ? {} : { exclude: { party, until } }),
  }
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
