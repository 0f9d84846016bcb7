/** The summary as an HTML fragment: the component that the portal, the command line and print share. */
import { escapeHtml } from '#platform/html/escape.ts'
import { raw } from '#platform/html/html.ts'
import { readStylesheet } from '#platform/html/stylesheet.ts'
import { reasonKey } from '../account/reasons.ts'
import { inlineHtml, lineHtml, linesHtml, phraseHtml, tagsHtml } from './html-inline.ts'
import { rowWords, sectionHtml } from './html-section.ts'
import {
  type AccountShare,
  type Attachment,
  type DangerItem,
  isHarm,
  type SummaryView,
  type Trait,
} from './summary-view.ts'

export interface SummaryOptions {
  /** Markup beside the patient's name: buttons of the portal. Must be safe HTML. */
  readonly actions?: string
  /** Markup under the head: purpose, notice, who sees the access. Must be safe HTML. */
  readonly context?: string
  /** Address under which a file inside the document can be had; by default it is embedded. */
  readonly attachmentHref?: (attachment: Attachment, position: number) => string | undefined
}

type Say = (key: string, parameters?: Readonly<Record<string, string | number>>) => string

function sayer(view: SummaryView): Say {
  return (key, parameters) => phraseHtml(view.messages.phrase(key, parameters), view.language)
}

function traitsHtml(traits: readonly Trait[], view: SummaryView, className: string): string {
  if (traits.length === 0) return ''
  let html = `<dl class="${className}">`
  for (const { label, content } of traits) {
    html += `<div><dt>${phraseHtml(label, view.language)}</dt><dd>${lineHtml(content)}</dd></div>`
  }
  return `${html}</dl>`
}

function headHtml(view: SummaryView, options: SummaryOptions): string {
  const { header } = view
  const more =
    header.more.length === 0
      ? ''
      : `<details class="more about"><summary>${phraseHtml(view.messages.phrase('summary.header.more'), view.language)}</summary>${traitsHtml(header.more, view, 'context')}</details>`
  const actions = options.actions === undefined ? '' : `<div class="actions noprint">${options.actions}</div>`
  return `<div class="patient"><div><div class="crumb">${lineHtml(header.documentTitle)}</div><h1>${escapeHtml(header.patientName)}</h1>${traitsHtml(header.traits, view, 'traits')}</div>${actions}</div>${traitsHtml(header.context, view, 'context')}${more}${options.context ?? ''}`
}

function dangerItemHtml({ href, term, foreign, tags, subs }: DangerItem): string {
  const name = foreign ? `<span class="foreign">${lineHtml(term)}</span>` : lineHtml(term)
  const linked = href === '#' || name.includes('<a ') ? name : `<a href="${escapeHtml(href)}">${name}</a>`
  return `<li><strong>${linked}</strong>${tagsHtml(tags)}${linesHtml(subs, 'sub')}</li>`
}

/** Message for words that stand in the language of the source. */
function keepPhrase(view: SummaryView): [key: string, parameters?: Readonly<Record<string, string>>] {
  return view.sourceLanguage === ''
    ? ['summary.tag.untranslated']
    : ['summary.tag.inLanguage', { language: view.sourceLanguageName }]
}

function dangerHtml(view: SummaryView, say: Say): string {
  const { danger } = view
  const harm = isHarm(danger)
  let html = `<div class="card${harm ? ' danger' : danger.allergyState === 'none-known' ? '' : ' unsure'}" role="region" aria-labelledby="danger-h"><h2 id="danger-h">${say('summary.allergies.title')}</h2>`
  if (danger.allergies.length > 0) html += `<ul class="plain">${danger.allergies.map(dangerItemHtml).join('')}</ul>`
  for (const sentence of danger.allergySentences) html += `<p>${lineHtml(sentence)}</p>`
  if (danger.allergyText) {
    const { words, href } = danger.allergyText
    const tag = view.sameLanguage ? '' : ` <span class="tag warn">${say(...keepPhrase(view))}</span>`
    html += `<blockquote><span class="words">${lineHtml(words)}</span>${tag} <a href="${escapeHtml(href)}">${say('summary.readSection')}</a></blockquote>`
  }
  if (danger.medicines.length > 0 || danger.medicineSentences.length > 0) {
    html += `<h3>${say('summary.highRisk.title')}</h3>`
    if (danger.medicines.length > 0) html += `<ul class="plain">${danger.medicines.map(dangerItemHtml).join('')}</ul>`
    for (const sentence of danger.medicineSentences) html += `<p>${lineHtml(sentence)}</p>`
  }
  return `${html}</div>`
}

function shareHtml(share: AccountShare, view: SummaryView, say: Say): string {
  const swatch = `<svg viewBox="0 0 10 10" aria-hidden="true"><rect class="f-${share.key}" width="10" height="10" rx="2"/></svg>`
  const label = say(`summary.share.${share.key}`, { count: share.count })
  const [first] = view.sections
  if (share.key === 'translated' && share.count > 0 && first) {
    return `<li>${swatch}<a href="#${first.id}">${label}</a></li>`
  }
  if (share.rows.length === 0) return `<li>${swatch}${label}</li>`
  const rows = share.rows.map(
    ({ href, label: words }) =>
      `<li><a href="${escapeHtml(href)}">${words.map((inline) => (typeof inline !== 'string' && inline.kind === 'link' ? escapeHtml(inline.text) : inlineHtml(inline))).join('')}</a></li>`,
  )
  return `<li><details><summary>${swatch}${label}</summary><ul>${rows.join('')}</ul></details></li>`
}

function meterHtml(view: SummaryView): string {
  const { account } = view
  const total = Math.max(
    1,
    account.shares.reduce((sum, { count }) => sum + count, 0),
  )
  let x = 0
  let bars = ''
  for (const { key, count } of account.shares) {
    const width = Math.round((count / total) * 1000) / 10
    if (width > 0) bars += `<rect class="f-${key}" x="${x}" width="${width}" height="4"/>`
    x = Math.round((x + width) * 10) / 10
  }
  const spoken = account.shares
    .map(({ key, count }) => view.messages.text(`summary.share.${key}`, { count }))
    .join(', ')
  return `<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(spoken)}">${bars}</svg>`
}

function accountHtml(view: SummaryView, say: Say): string {
  const { account } = view
  if (view.isFile) {
    return `<div class="card" role="region" aria-labelledby="account-h"><h2 id="account-h">${say('summary.account.file')}</h2><p><a href="#files">${say('summary.attachments')}</a></p><p class="sub">${say('summary.account.fileNote')}</p></div>`
  }
  const title = say(account.complete ? 'summary.account.complete' : 'summary.account.incomplete', {
    count: account.statements,
    missing: account.notCarried.length,
  })
  const missing =
    account.notCarried.length > 0
      ? `<li><a href="#not-carried">${say('summary.account.facts', { count: account.notCarried.length })}</a></li>`
      : ''
  const codes =
    account.untranslated.length > 0
      ? `<li><a href="#untranslated">${say('summary.account.codes', { count: account.untranslated.length })}</a></li>`
      : ''
  const shares = account.shares.filter(({ key }) => key !== 'not-carried' || account.notCarried.length === 0)
  return `<div class="card" role="region" aria-labelledby="account-h"><h2 id="account-h">${title}</h2>${meterHtml(view)}<ul class="plain key">${shares.map((share) => shareHtml(share, view, say)).join('')}${missing}${codes}</ul><p class="sub">${say(view.sameLanguage ? 'summary.account.same' : 'summary.account.note')}</p></div>`
}

function contentsHtml(view: SummaryView, say: Say): string {
  const links = view.sections
    .filter(({ level }) => level === 0)
    .map((section) => {
      const rows = section.rows.filter(({ level }) => level === 0).length
      const count = section.state === 'rows' ? (rows === 0 ? '' : String(rows)) : say(`summary.count.${section.state}`)
      const title = section.title.map(inlineHtml).join('')
      return `<li><a href="#${section.id}">${title}${count === '' ? '' : ` <span class="n${section.state === 'rows' ? '' : ' state'}">${count}</span>`}</a></li>`
    })
  return `<nav class="toc noprint" aria-label="${escapeHtml(view.messages.text('summary.contents'))}"><ol class="plain">${links.join('')}</ol></nav>`
}

function attachmentsHtml(view: SummaryView, say: Say, options: SummaryOptions): string {
  if (view.attachments.length === 0) return ''
  const items = view.attachments.map((attachment, position) => {
    const own = options.attachmentHref?.(attachment, position)
    const embedded =
      attachment.base64 === undefined ? undefined : `data:${attachment.contentType};base64,${attachment.base64}`
    const href = own ?? embedded ?? (/^https?:/.test(attachment.url ?? '') ? attachment.url : undefined)
    const words = `${lineHtml(attachment.title)} (${escapeHtml(attachment.contentType)})`
    const address = attachment.url === undefined ? '' : `<span class="sub">${escapeHtml(attachment.url)}</span>`
    const link =
      href === undefined
        ? words
        : `<a href="${escapeHtml(href)}"${own === undefined && embedded ? ` download="${attachment.fileName}"` : ''}>${words}</a>`
    return `<li id="${attachment.id}">${link}${address}</li>`
  })
  return `<section class="card" id="files" aria-labelledby="files-h"><header><h2 id="files-h">${say('summary.attachments')}</h2></header><ul>${items.join('')}</ul></section>`
}

function whyHtml(why: string, say: Say): string {
  const key = reasonKey(why)
  return key === undefined ? `<span lang="en">${escapeHtml(why)}</span>` : say(`summary.why.${key}`)
}

function notCarriedHtml(view: SummaryView, say: Say): string {
  const { notCarried } = view.account
  if (notCarried.length === 0) return ''
  const rows = notCarried.map(
    ({ path, what, why }) =>
      `<tr class="row"><th scope="row">${escapeHtml(what)}</th><td>${whyHtml(why, say)}</td><td><code>${escapeHtml(path)}</code></td></tr>`,
  )
  return `<section class="card" id="not-carried" aria-labelledby="not-carried-h"><header><h2 id="not-carried-h">${say('summary.notCarried.title')}</h2></header><table class="rows"><thead><tr><th scope="col">${say('summary.notCarried.what')}</th><th scope="col">${say('summary.notCarried.why')}</th><th scope="col">${say('summary.notCarried.path')}</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`
}

function untranslatedHtml(view: SummaryView, say: Say): string {
  const { untranslated } = view.account
  if (untranslated.length === 0) return ''
  const names = new Map(view.systems.map(({ name, url }) => [url, name]))
  const rows = untranslated.map(
    ({ code, system, original }) =>
      `<li>${escapeHtml(names.get(system) ?? system)} <code>${escapeHtml(code)}</code> <span lang="${escapeHtml(view.sourceLanguage)}">${escapeHtml(original)}</span></li>`,
  )
  return `<details class="more" id="untranslated"><summary>${say('summary.untranslated.title', { count: untranslated.length })}</summary><ul>${rows.join('')}</ul></details>`
}

function systemsHtml(view: SummaryView, say: Say): string {
  const rows = view.systems.map(({ name, url }) =>
    name === url ? `<dt><dd>${escapeHtml(url)}` : `<dt>${escapeHtml(name)}<dd>${escapeHtml(url)}`,
  )
  return `<details class="more" id="systems"><summary>${say('summary.systems')}</summary><dl class="facts">${rows.join('')}</dl></details>`
}

/** The fragment. It needs `tokens.css` and `summaryStylesheet()` on the page and holds one `h1`. */
export function renderSummary(view: SummaryView, options: SummaryOptions = {}): ReturnType<typeof raw> {
  const say = sayer(view)
  const words = rowWords(view)
  let html = `<div class="summary">${headHtml(view, options)}<div class="first">${dangerHtml(view, say)}${accountHtml(view, say)}</div><div class="layout">${contentsHtml(view, say)}<div>`
  const files = attachmentsHtml(view, say, options)
  if (view.isFile) html += files
  for (const section of view.sections) html += sectionHtml(section, view, words)
  html += `${view.isFile ? '' : files}${notCarriedHtml(view, say)}${untranslatedHtml(view, say)}${systemsHtml(view, say)}</div></div></div>`
  return raw(html)
}

/** The style sheet of the fragment. */
export function summaryStylesheet(): string {
  return readStylesheet(new URL('./summary.css', import.meta.url))
}
