/** Markup of the portal: escaped templates that never wait, and words that mark their language when it is not the page's. */
import { html as template } from '#platform/html/html.ts'
import type { MessageParameters, Messages } from '#platform/i18n/messages.ts'

/** A piece of finished markup. */
export type Html = Exclude<ReturnType<typeof template>, Promise<unknown>>

/** Every value is escaped unless it is markup already; lists are joined; false, null and undefined leave nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): Html {
  const markup = template(strings, ...values)
  if (markup instanceof Promise) throw new Error('A page holds a value that is not there yet.')
  return markup
}

/** The words of a page. */
export interface Words {
  readonly messages: Messages
  readonly language: string
  /** Words as markup; in another language than the page's they carry `lang`. */
  (key: string, parameters?: MessageParameters): Html
}

export function wordsOf(messages: Messages): Words {
  const words = (key: string, parameters?: MessageParameters): Html => {
    const phrase = messages.phrase(key, parameters)
    if (phrase.language === messages.language) return html`${phrase.text}`
    return html`<span lang="${phrase.language}">${phrase.text}</span>`
  }
  return Object.assign(words, { messages, language: messages.language })
}

/** Words in a language known from elsewhere, e.g. a name of a foreign place. */
export function inLanguage(text: string, language: string | undefined, page: string): Html {
  return language && language !== page ? html`<span lang="${language}">${text}</span>` : html`${text}`
}
