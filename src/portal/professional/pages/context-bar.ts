import type { Professional } from '#trust/people/professional.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'
import type { JourneyState } from '../journey.ts'
import { clockTime } from '../visit.ts'

/** Who and why is always visible, and what the patient will see of it. */
export function contextBar(words: Words, state: JourneyState, professional: Professional): Html {
  const { relationship, notice } = state
  if (!relationship || !notice) return html``
  const { formats } = words.messages
  const languages = notice.languages.map((language) => formats.languageName(language) ?? language)
  const time = clockTime(relationship.declaredAt)
  return html`<p class="access-bar"><span>${words('portal.context.by')} <b>${professional.given} ${professional.family}, ${
    professional.profession
  }</b></span><span>${
    relationship.purpose === 'EMERGENCY'
      ? html`${words('portal.context.for')} <b>${words('portal.context.emergency')}</b> ${words(
          'portal.context.reason',
          {
            reason: relationship.reason ?? '',
          },
        )}`
      : html`${words('portal.context.for')} <b>${words('portal.context.treatment')}</b>, ${words('portal.context.declared', { time })}`
  }</span><span>${words('portal.context.notice', {
    languages: formats.list(languages),
    version: notice.version,
  })}</span><span>${words('portal.context.visible')}</span></p>`
}
