/** Original clinical documents: reports and images as their authors made them, with filters and a preview that runs nothing. */
import type { ListedDocument } from '#care/border/border-service.ts'
import { alert, button, linkButton, summaryList, tag, textField } from '../../ui/components.ts'
import { type Html, html, inLanguage, type Words } from '../../ui/markup.ts'
import type { AnswerError, Answers } from '../mask-form.ts'

/** Classes of original documents (eHDSI OrCD). */
export const ORIGINAL_CLASSES = ['11502-2', '34105-7', '18748-4', 'x-clinical-image'] as const

export interface OriginalsPage {
  readonly patient: string
  readonly country: string
  readonly context: Html
  readonly tabs: Html
  readonly documents: readonly { readonly listed: ListedDocument; readonly href: string }[]
  readonly filter: { readonly action: string; readonly answers: Answers; readonly errors: readonly AnswerError[] }
}

export function originalsPage(words: Words, view: OriginalsPage): Html {
  const { formats } = words.messages
  return html`<p class="eyebrow">${words('portal.documents.eyebrow', { country: view.country })}</p><h1>${words(
    'portal.originals.title',
    { patient: view.patient },
  )}</h1>${view.context}${view.tabs}${filterForm(words, view.filter)}${
    view.documents.length === 0
      ? html`<p>${words('portal.originals.none')}</p>`
      : html`<ul class="documents">${view.documents.map(({ listed, href }) => {
          const language = formats.languageName(listed.language.split('-')[0] ?? listed.language)
          return html`<li><article class="card"><div><h2>${words(`portal.document.type.${classKey(listed.classCode)}`)}</h2><p>${inLanguage(
            listed.title,
            listed.language,
            words.language,
          )}</p><p class="sub">${words('portal.documents.made', { date: formats.date(listed.created) })}${
            listed.author && html` · ${inLanguage(listed.author, listed.language, words.language)}`
          }${listed.authorSpecialty && html` · ${inLanguage(listed.authorSpecialty, listed.language, words.language)}`}</p><p>${
            language && tag(html`${language}`)
          } ${listed.forms.map(({ form, size }) => html`${tag(words(`portal.originals.form.${form}`))} ${size !== undefined && sizeOf(words, size)} `)}</p></div><p class="actions">${linkButton(
            href,
            words('portal.prescriptions.show'),
            'main',
          )}</p></article></li>`
        })}</ul>`
  }`
}

/** GET: a list that was narrowed can be kept as an address, and works without a script. */
function filterForm(words: Words, { action, answers, errors }: OriginalsPage['filter']): Html {
  const error = (field: string): Html | undefined => {
    const found = errors.find((one) => one.field === field)
    return found && words(found.key)
  }
  const date = (name: string): Html =>
    textField(words, {
      name,
      label: words(`portal.originals.filter.${name}`),
      help: words('portal.originals.filter.date.help'),
      value: answers[name],
      error: error(name),
      optional: true,
      width: 'medium',
    })
  return html`<details class="filter"${(errors.length > 0 || Object.keys(answers).length > 0) && html` open`}><summary>${words(
    'portal.originals.filter',
  )}</summary><form class="form" method="get" action="${action}" novalidate><div class="field"><label for="class">${words(
    'portal.originals.filter.class',
  )}</label><select id="class" name="class"><option value="">${words('portal.originals.filter.all')}</option>${ORIGINAL_CLASSES.map(
    (one) =>
      html`<option value="${one}"${answers.class === one && html` selected`}>${words(`portal.document.type.${classKey(one)}`)}</option>`,
  )}</select></div>${date('after')}${date('before')}${textField(words, {
    name: 'size',
    label: words('portal.originals.filter.size'),
    value: answers.size,
    error: error('size'),
    optional: true,
    inputMode: 'numeric',
    width: 'short',
  })}<div class="actions">${button(words('portal.originals.filter.submit'), 'other')}</div></form></details>`
}

export interface OriginalPage {
  readonly listed: ListedDocument
  readonly context: Html
  readonly country: string
  readonly back: string
  /** Undefined when there is only a structured report. */
  readonly file:
    | {
        readonly href: string
        readonly download: string
        readonly mediaType: string
        readonly size: number
        readonly active: boolean
      }
    | undefined
  /** The structured report, rendered. */
  readonly fragment: Html | undefined
}

export function originalPage(words: Words, view: OriginalPage): Html {
  const { listed, file } = view
  const { formats } = words.messages
  return html`<p class="crumbs noprint"><a href="${view.back}">${words('portal.originals.back')}</a> · ${view.country}</p>${
    !view.fragment &&
    html`<h1>${words(`portal.document.type.${classKey(listed.classCode)}`)}</h1><p>${inLanguage(listed.title, listed.language, words.language)}</p>${view.context}${summaryList(
      [
        [
          words('portal.originals.author'),
          listed.author ? html`${inLanguage(listed.author, listed.language, words.language)}` : undefined,
        ],
        [words('portal.originals.created'), html`${formats.date(listed.created)}`],
        [
          words('portal.originals.service'),
          listed.serviceStart === undefined ? undefined : html`${formats.date(listed.serviceStart)}`,
        ],
        [
          words('portal.originals.reason'),
          listed.reasonOfHospitalisation &&
            html`${inLanguage(listed.reasonOfHospitalisation.display, listed.language, words.language)}`,
        ],
      ],
    )}`
  }${file && preview(words, file, listed)}${view.fragment}`
}

/** Images and PDFs that hold nothing to run are shown; whatever could run anything is only handed over as a file. */
function preview(words: Words, file: NonNullable<OriginalPage['file']>, listed: ListedDocument): Html {
  const title = words.messages.text(`portal.document.type.${classKey(listed.classCode)}`)
  const shown = file.active
    ? alert('warning', words('portal.originals.active.title'), html`<p>${words('portal.originals.active.text')}</p>`)
    : file.mediaType === 'application/pdf'
      ? html`<iframe class="preview" src="${file.href}" title="${title}"></iframe>`
      : html`<figure class="preview"><img src="${file.href}" alt="${title}"></figure>`
  return html`<p class="actions">${linkButton(file.download, words('portal.originals.save'), 'main')} <span class="quiet">${sizeOf(
    words,
    file.size,
  )}</span></p>${shown}`
}

function classKey(classCode: string): string {
  return CLASS_KEYS[classCode] ?? 'other'
}

const CLASS_KEYS: Readonly<Record<string, string>> = {
  '60591-5': 'patient-summary',
  '57833-6': 'prescription',
  '11502-2': 'laboratory',
  '34105-7': 'discharge',
  '18748-4': 'imaging',
  'x-clinical-image': 'image',
}

function sizeOf(words: Words, bytes: number): Html {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB']
  return html`${words.messages.formats.number(Math.max(1, Math.round(value)))} ${unit}`
}
