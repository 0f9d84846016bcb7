/** Escaping for text and for quoted attribute values, made for pages with thousands of short values. */
const SPECIAL = /[&<>"']/
const EACH_SPECIAL = /[&<>"']/g

const ENTITY: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text → HTML. Most values hold nothing to escape and come back as they are. */
export function escapeHtml(text: string): string {
  return SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (character) => ENTITY[character] ?? character) : text
}
