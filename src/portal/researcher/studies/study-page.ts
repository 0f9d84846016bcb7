/** A study: its cohorts, what was asked, and which Member States can be asked. */
import { alert, linkButton } from '../../ui/components.ts'
import { html } from '../../ui/markup.ts'
import { countryName, day, show } from '../../ui/site.ts'
import { type CaseVisit, caseAddress } from '../visit.ts'
import { livePermits, studyCrumbs } from './study-visit.ts'

export async function showStudy(visit: CaseVisit): Promise<Response> {
  const { words, options, state } = visit
  const [cohorts, questions] = await Promise.all([
    options.studies.cohorts(state.caseId),
    options.studies.questions(state.caseId),
  ])
  const permits = livePermits(visit)
  const title = words.messages.text('research.study.title')
  return show(visit, {
    title,
    content: html`${studyCrumbs(visit, false)}<h1>${title}</h1>${
      permits.length === 0
        ? alert('warning', words('research.study.no-permit'), html`<p>${words('research.study.no-permit.text')}</p>`)
        : html`<p class="lead">${words('research.case.study', { countries: permits.map(({ part }) => countryName(visit, part.memberState)).join(', ') })}</p>`
    }<section class="block"><h2>${words('research.study.cohorts')}</h2>${
      cohorts.length === 0
        ? html`<p>${words('research.study.cohorts.none')}</p>`
        : html`<ul class="chosen">${cohorts.map(
            ({ id, name, form, changedAt }) =>
              html`<li><span><a href="${caseAddress(visit, form === undefined ? `/study/circe/${id}` : `/study/cohorts/${id}`)}">${name}</a><span class="sub">${words('research.study.changed')} ${day(visit, changedAt)}</span></span>${
                permits.length > 0 &&
                html`<a href="${visit.address(`/applications/${state.caseId}/study/ask`, { cohort: id })}">${words('research.study.ask-this')}<span class="vh"> ${name}</span></a>`
              }</li>`,
          )}</ul>`
    }<p class="actions">${linkButton(caseAddress(visit, '/study/cohorts/new'), words('research.cohort.new'), 'main')}${linkButton(caseAddress(visit, '/study/circe/new'), words('research.circe.new'))}</p></section>
<section class="block"><h2>${words('research.study.questions')}</h2>${
      questions.length === 0
        ? html`<p>${words('research.study.questions.none')}</p>`
        : html`<ul class="chosen">${questions.map(
            ({ id, title: name, askedAt }) =>
              html`<li><span><a href="${caseAddress(visit, `/study/questions/${id}`)}">${name}</a><span class="sub">${words('research.study.asked')} ${day(visit, askedAt)}</span></span></li>`,
          )}</ul>`
    }${cohorts.length > 0 && permits.length > 0 && html`<p>${linkButton(caseAddress(visit, '/study/ask'), words('research.ask.title'), 'main')}</p>`}</section>`,
  })
}
