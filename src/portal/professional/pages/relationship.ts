import { alert, button, choices, errorSummary, form, textField } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

export interface RelationshipPage {
  readonly action: string
  readonly token: string
  readonly answers: Readonly<Record<string, string>>
  readonly errors: readonly { readonly field: string; readonly key: string }[]
}

/** Somebody may speak for a patient who cannot (eHDSI next of kin); who it was goes with every request. */
function nextOfKin(words: Words, { answers }: RelationshipPage, error: (field: string) => Html | undefined): Html {
  const field = (name: string, optional: boolean): Html =>
    textField(words, {
      name,
      label: words(`portal.relationship.${name}`),
      value: answers[name],
      error: error(name),
      optional,
      width: 'medium',
    })
  const open = answers['kin-family'] || answers['kin-given'] || answers['kin-id']
  return html`<details class="filter"${open && html` open`}><summary>${words('portal.relationship.kin')}</summary><p class="help">${words(
    'portal.relationship.kin.help',
  )}</p>${field('kin-family', true)}${field('kin-given', true)}${field('kin-id', true)}</details>`
}

/** Why this person may look: care that is being given, or an emergency with its reason (EHDS Art. 11). */
export function relationshipPage(words: Words, view: RelationshipPage): Html {
  const error = (field: string): Html | undefined => {
    const found = view.errors.find((one) => one.field === field)
    return found && words(found.key)
  }
  return html`${errorSummary(
    words,
    view.errors.map(({ field, key }) => ({ field, message: words(key) })),
  )}<h1>${words('portal.relationship.title')}</h1><p class="lead">${words('portal.relationship.lead')}</p>${form({
    action: view.action,
    token: view.token,
    content: html`${choices({
      name: 'purpose',
      legend: words('portal.relationship.legend'),
      value: view.answers.purpose,
      error: error('purpose'),
      choices: [
        {
          value: 'TREATMENT',
          label: words('portal.relationship.treatment'),
          help: words('portal.relationship.treatment.help'),
        },
        {
          value: 'EMERGENCY',
          label: words('portal.relationship.emergency'),
          help: words('portal.relationship.emergency.help'),
          more: textField(words, {
            name: 'reason',
            label: words('portal.relationship.reason'),
            help: words('portal.relationship.reason.help'),
            value: view.answers.reason,
            error: error('reason'),
            rows: 3,
          }),
        },
      ],
    })}${nextOfKin(words, view, error)}${alert('information', words('portal.relationship.recorded.title'), html`<p>${words('portal.relationship.recorded.text')}</p>`)}<div class="actions">${button(
      words('portal.relationship.declare'),
    )}</div>`,
  })}`
}
