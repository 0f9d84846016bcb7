import type { Professional } from '#trust/people/professional.ts'
import { button, choices, errorSummary, form } from '../../ui/components.ts'
import { type Html, html, type Words } from '../../ui/markup.ts'

export interface ExercisePage {
  readonly exercises: readonly Professional[]
  readonly chosen: number | undefined
  readonly token: string
  readonly missing: boolean
}

/** A professional with several exercises says in which capacity he works now; it goes into every record of access. */
export function exercisePage(words: Words, { exercises, chosen, token, missing }: ExercisePage): Html {
  const error = missing ? words('portal.exercise.error') : undefined
  return html`${errorSummary(words, error ? [{ field: 'exercise', message: error }] : [])}
<h1>${words('portal.exercise.title')}</h1><p class="lead">${words('portal.exercise.lead')}</p>${form({
    action: '/exercise',
    token,
    content: html`${choices({
      name: 'exercise',
      legend: words('portal.exercise.legend'),
      error,
      value: chosen === undefined ? undefined : String(chosen),
      choices: exercises.map((exercise, index) => ({
        value: String(index),
        label: html`<strong>${exercise.profession}</strong>${
          exercise.organisation.name && html` – ${exercise.organisation.name}`
        }`,
        help: exercise.role ? undefined : words('portal.exercise.no-role'),
      })),
    })}${button(words('portal.continue'))}`,
  })}`
}
