/** The frame of every page: header with the mark, navigation, who is signed in, language choice, footer with help. */
import { type Html, html, type Words } from './markup.ts'

export interface Frame {
  readonly words: Words
  /** Title of the page, without the name of the portal. */
  readonly title: string
  readonly stylesheet: string
  readonly script: string
  /** The current path, for the navigation and the choice of language. */
  readonly path: string
  readonly languages: readonly string[]
  /** Name of the portal, e.g. `MaSanté@UE France`. */
  readonly portal: string
  /** Where the name leads; `/` when absent. */
  readonly home?: string | undefined
  /** Address of the mark; `/assets/mark.svg` when absent. */
  readonly icon?: string | undefined
  /** Entries of the header. When absent, somebody who signed in gets those of the professional portal. */
  readonly navigation?: Navigation | undefined
  /** Address of this page in another language; `path?language=…` when absent. */
  readonly inLanguage?: ((language: string) => string) | undefined
  readonly helpLine?: { readonly phone: string; readonly hours: string } | undefined
  /** Links of the footer; those of the professional portal when absent. */
  readonly links?: readonly { readonly href: string; readonly label: Html }[] | undefined
  readonly session?: FrameSession | undefined
  readonly content: Html
  /** Markup between header and content that spans the page, e.g. the steps. */
  readonly above?: Html | undefined
}

export interface Navigation {
  /** Plain text, for assistive programs. */
  readonly label: string
  readonly entries: readonly { readonly href: string; readonly label: Html; readonly current: boolean }[]
}

export interface FrameSession {
  readonly name: string
  /** Empty until an exercise was chosen. */
  readonly profession: string
  readonly place: string
  /** Several exercises: the capacity leads to the choice. */
  readonly changeable: boolean
  /** Until the session ends when nothing more is done. */
  readonly secondsLeft: number
  /** Hours and minutes of that moment, e.g. `14:32`. */
  readonly endsAt: string
  readonly token: string
  /** Somebody who dispenses medicines has a list of what he dispensed. */
  readonly dispenses?: boolean
}

/** Two halves of a broken token that fit each other. */
export const MARK = html`<svg width="30" height="30" viewBox="0 0 30 30" aria-hidden="true" focusable="false"><path class="mark-a" d="M3 3h15l-4 6 4 5-5 5 3 8H3z"/><path class="mark-b" d="M21 3h6v24h-8l-3-8 5-5-4-5z"/></svg>`

export function page(frame: Frame): Html {
  const { words, session } = frame
  return html`<!doctype html>
<html lang="${words.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${frame.title} – ${frame.portal}</title>
<link rel="stylesheet" href="${frame.stylesheet}"><link rel="icon" href="${frame.icon ?? '/assets/mark.svg'}" type="image/svg+xml">
<script src="${frame.script}" defer></script></head>
<body><a class="skip" href="#main">${words('portal.skip')}</a>
<header class="bar"><div>
<a class="logo" href="${frame.home ?? '/'}">${MARK}<span>${frame.portal}</span></a>
${headerLinks(frame)}
${session && who(frame, session)}
</div></header>
${session && sessionNotice(words, session)}
<main id="main" tabindex="-1">${frame.above}${frame.content}</main>
${footer(frame)}
</body></html>`
}

function headerLinks(frame: Frame): Html {
  const navigation = frame.navigation ?? (frame.session && professionalNavigation(frame))
  if (!navigation) return html`<div class="grow"></div>`
  return html`<nav class="grow" aria-label="${navigation.label}"><ul>${navigation.entries.map(
    ({ href, label, current }) => html`<li><a href="${href}"${current && html` aria-current="page"`}>${label}</a></li>`,
  )}</ul></nav>`
}

function professionalNavigation({ words, path, session }: Frame): Navigation {
  return {
    label: words.messages.text('portal.nav.label'),
    entries: [
      { href: '/patients', label: words('portal.nav.patients'), current: path.startsWith('/patients') },
      ...(session?.dispenses
        ? [{ href: '/dispensations', label: words('portal.nav.dispensations'), current: path === '/dispensations' }]
        : []),
      { href: '/accesses', label: words('portal.nav.accesses'), current: path === '/accesses' },
      { href: '/help', label: words('portal.nav.help'), current: path === '/help' },
    ],
  }
}

function who({ words }: Frame, session: FrameSession): Html {
  return html`<div class="who"><b>${session.name}</b>${session.profession && html`, ${session.profession}`}<br>${
    session.place && html`${session.place} · `
  }${
    session.changeable && html`<a href="/exercise">${words('portal.who.change')}</a> · `
  }<form class="inline" method="post" action="/sign-out"><input type="hidden" name="form-token" value="${session.token}"><button class="link">${words(
    'portal.sign-out',
  )}</button></form></div>`
}

/** Hidden until the end is near; the small script shows it, and the footer says the same time without script. */
function sessionNotice(words: Words, session: FrameSession): Html {
  return html`<div class="session-notice" id="session-notice" role="status" hidden data-left="${session.secondsLeft}" data-token="${session.token}"><p>${words('portal.session.soon')}</p><a class="btn other" href="/session">${words(
    'portal.session.extend',
  )}</a></div>`
}

function footer({ words, path, languages, helpLine, links, inLanguage, session }: Frame): Html {
  const { formats } = words.messages
  const target = inLanguage ?? ((language: string): string => `${path}?language=${language}`)
  const entries = links ?? [
    { href: '/help', label: words('portal.nav.help') },
    { href: '/accessibility', label: words('portal.footer.accessibility') },
    { href: `/terminology?language=${words.language}`, label: words('terminology.nav.label') },
  ]
  return html`<footer><div>
${helpLine && html`<p>${words('portal.footer.help', helpLine)}</p>`}
<ul>${entries.map(({ href, label }) => html`<li><a href="${href}">${label}</a></li>`)}${
    session && html`<li><a href="/session">${words('portal.footer.session', { time: session.endsAt })}</a></li>`
  }</ul>
<nav aria-label="${words.messages.text('portal.footer.languages')}"><ul>${languages.map((language) => {
    const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? formats.languageName(language)
    return html`<li>${
      language === words.language
        ? html`<span aria-current="true">${name}</span>`
        : html`<a href="${target(language)}" hreflang="${language}" lang="${language}">${name}</a>`
    }</li>`
  })}</ul></nav>
</div></footer>`
}
