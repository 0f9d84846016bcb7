/** How the conversion of one coded element is written into CDA. */
import { attribute, child, children } from '#platform/xml/access.ts'
import { type EditableXml, openedTag, withAttributes, type XmlEdit } from '#platform/xml/edit.ts'
import { escapeAttribute } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { Mapped, Terminology } from '#terminology/terminology.ts'
import { type TranslationName, translationName } from './cda-prefix.ts'
import type { CodedSite } from './cda-sites.ts'
import type { Conversion, Converter } from './conversion.ts'

export interface Writing {
  readonly xml: EditableXml
  readonly terminology: Terminology
  readonly converter: Converter
}

/** `CE` of `xsi:type="CE"` or `"v3:CE"`. */
export function localType(element: XmlElement): string | undefined {
  const written = attribute(element, 'type', 'http://www.w3.org/2001/XMLSchema-instance')
  return written?.slice(written.indexOf(':') + 1).trim()
}

/** The attributes that a conversion decides; undefined removes one. */
function attributesOf(
  element: XmlElement,
  conversion: Conversion,
  work: Writing,
): ReadonlyMap<string, string | undefined> {
  const { terminology, converter } = work
  const { target, designation, display } = conversion
  const changes = new Map<string, string | undefined>()
  const set = (name: string, value: string | undefined) => {
    if (attribute(element, name) !== value) changes.set(name, value)
  }
  const words = designation?.term
  if (converter.options.direction === 'translate') {
    if (words !== undefined) set('displayName', words)
    return changes
  }
  if (conversion.outcome === 'unmapped' || conversion.outcome === 'unknown') return changes
  const oid = terminology.oidOf(target.system)
  set('code', target.code)
  if (oid !== undefined) set('codeSystem', oid)
  const moved = conversion.mapping !== undefined
  if (moved) {
    set('codeSystemName', terminology.systemName(target.system))
    set('codeSystemVersion', undefined)
  }
  if (words !== undefined || moved) set('displayName', words ?? display)
  return changes
}

/**
 * Types that have no place for a translation in the schema of CDA: their original would be lost. CV and CS restrict it
 * away, EIVL.event is empty, SC is text.
 */
const WITHOUT_TRANSLATION = new Set(['event', 'manufacturerModelName', 'softwareName'])

function canHoldOriginal({ element, ancestors }: CodedSite): boolean {
  if (WITHOUT_TRANSLATION.has(element.name)) return false
  if (element.name === 'name' && ancestors.at(-1)?.name === 'qualifier') return false
  const type = localType(element)
  return type !== 'CV' && type !== 'CS' && type !== 'SC'
}

/**
 * The changes for one coded element; none when it stays as it is. `no-oid`: CDA names systems by OID, and the target's has
 * none that is known. `cannot-hold-original`: a changed element must keep what stood there, and this type has no place.
 */
export function editsFor(
  site: CodedSite,
  conversion: Conversion,
  work: Writing,
): readonly XmlEdit[] | 'no-oid' | 'cannot-hold-original' {
  const { element } = site
  const { xml, terminology } = work
  const changes = attributesOf(element, conversion, work)
  if (changes.size === 0) return []
  if (conversion.mapping && terminology.oidOf(conversion.target.system) === undefined) return 'no-oid'
  if (!canHoldOriginal(site)) return 'cannot-hold-original'
  const { start, content, contentEnd } = xml.span(element)
  const tag = withAttributes(xml.slice(start, content), changes)
  const name = translationName(xml, site)
  const previous = child(element, 'translation')
  const put =
    originalOf(element, name, previous === undefined ? '' : textOf(xml, previous)) +
    conversion.further.map((mapped) => furtherOf(mapped, name, terminology)).join('')
  const opened = content === contentEnd ? openedTag(tag) : undefined
  if (opened) return [{ from: start, to: content, text: `${opened.tag}${put}</${opened.name}>` }]
  const span = previous && xml.span(previous)
  const at = span?.start ?? behindWords(xml, element)
  return [
    { from: start, to: content, text: tag },
    { from: at, to: span?.end ?? at, text: put },
  ]
}

function textOf(xml: EditableXml, element: XmlElement): string {
  const { start, end } = xml.span(element)
  return xml.slice(start, end)
}

/** CD: originalText, qualifiers, translations, in this order. */
function behindWords(xml: EditableXml, element: XmlElement): number {
  const before = [...children(element, 'originalText'), ...children(element, 'qualifier')].map(
    (inner) => xml.span(inner).end,
  )
  return Math.max(xml.span(element).content, ...before)
}

const KEPT = ['code', 'codeSystem', 'codeSystemName', 'codeSystemVersion', 'displayName'] as const

/** What stood there. A translation of before moves inside, so that the innermost is what the author wrote. */
function originalOf(element: XmlElement, { name, declaration }: TranslationName, inside: string): string {
  const attributes = KEPT.flatMap((kept) => {
    const value = attribute(element, kept)
    return value === undefined ? [] : [` ${kept}="${escapeAttribute(value)}"`]
  })
  const tag = `<${name}${declaration}${attributes.join('')}`
  return inside === '' ? `${tag}/>` : `${tag}>${inside}</${name}>`
}

function furtherOf({ target }: Mapped, { name, declaration }: TranslationName, terminology: Terminology): string {
  const oid = terminology.oidOf(target.system)
  if (oid === undefined) return ''
  const display = target.display ?? terminology.concept(target.system, target.code)?.display
  const words = display === undefined ? '' : ` displayName="${escapeAttribute(display)}"`
  return `<${name}${declaration} code="${escapeAttribute(target.code)}" codeSystem="${escapeAttribute(oid)}"${words}/>`
}
