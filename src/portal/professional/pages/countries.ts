import type { CountryState } from '#care/country-b/country-b.ts'
import { alert } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'
import { clockTime } from '../visit.ts'

type State = CountryState['services'][number]['state']

/** A patient summary needs both services; the weaker one decides. */
function stateOf(country: CountryState): State {
  const states = (['patient-identification', 'patient-summary'] as const).map(
    (kind) => country.services.find((service) => service.kind === kind)?.state ?? 'not-offered',
  )
  return (
    states.find((state) => state === 'not-offered') ?? states.find((state) => state === 'unavailable') ?? 'available'
  )
}

/** Which country the patient comes from; each with the state of its services in words. */
export function countriesPage(
  words: Words,
  options: { readonly countries: readonly CountryState[]; readonly token: string },
): Html {
  const { formats } = words.messages
  const named = options.countries
    .map((country) => ({
      code: country.country,
      name: formats.countryName(country.country) ?? country.country,
      state: stateOf(country),
      checkedAt: country.checkedAt,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, words.language))
  return html`<h1>${words('portal.countries.title')}</h1><p class="lead">${words('portal.countries.lead')}</p>${
    named.length === 0 &&
    alert('warning', words('portal.countries.none.title'), html`<p>${words('portal.countries.none.text')}</p>`)
  }<form method="post" action="/patients"><input type="hidden" name="form-token" value="${options.token}"><ul class="cards">${named.map(
    ({ code, name, state, checkedAt }) => {
      const content = html`<span class="code" aria-hidden="true">${code}</span><strong>${name}</strong><span class="sub">${words(
        `portal.countries.state.${state}`,
        { time: clockTime(checkedAt) },
      )}</span>`
      // A country that is down may be tried: it may be back before the next check.
      return html`<li>${
        state === 'not-offered'
          ? html`<div class="pick off">${content}</div>`
          : html`<button class="pick${state === 'unavailable' && ' off'}" name="country" value="${code}">${content}</button>`
      }</li>`
    },
  )}</ul></form>`
}
