/** Changes of an XML text by its parts: most leave it well formed, so that they reach the readers behind the parser. */
import type { Chance } from './chance.ts'
import type { Anatomy, ElementSpan, Span } from './xml-anatomy.ts'

/** What stands at a place is replaced by something else. */
export interface Edit extends Span {
  readonly text: string
}

/** Characters that repetition may add to one input. */
const MOST_ADDED = 150_000

/** Values that readers treat specially, and values that they should not. */
const VALUES: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  '99999999999999999999999999',
  'NaN',
  'true',
  '20261301',
  '2026',
  '20260229',
  '20261127101010.123456+9999',
  '2026-11-27T25:61:61Z',
  '9999-12-31T23:59:59.999999999Z',
  'urn:oid:',
  'urn:oid:1.2.3|',
  'urn:uuid:00000000-0000-0000-0000-000000000000',
  '1.2.840.10008.2.16.4',
  '2.16.840.1.113883.6.1',
  "'1^^^&amp;1.2&amp;ISO'",
  "('a','b'",
  '^^^&amp;&amp;',
  '#nowhere',
  'cid:nobody',
  'xs:string',
  'IVL_TS',
  'PQ',
  'ANY',
  '__proto__',
  'constructor',
  'é'.repeat(3),
  '\u00ed\u00a0\u0080',
  '\u00f0\u0090\u0080\u0080',
  '&#x0;',
  '&#x10FFFF;',
  '&amp;amp;lt;',
  'javascript:alert(1)',
  '../../../../etc/passwd',
  '%00',
  'A'.repeat(70_000),
  '(('.repeat(3000),
  "''".repeat(5000),
  '\\'.repeat(5001),
  '1.'.repeat(5000),
]

/** Pieces that belong nowhere. */
const TOKENS: readonly string[] = [
  '<',
  '>',
  '"',
  '&',
  '&amp;',
  '&a;',
  '\0',
  '\ufffd',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
  '<![CDATA[',
  ']]>',
  '<!-- -- -->',
  '<!-- a -->',
  '<?xml version="1.0" encoding="UTF-16"?>',
  '<?a b?>',
  ' xmlns=""',
  ' xmlns:a="urn:a"',
  ' nullFlavor="NI"',
  ' xsi:nil="true"',
  ' ID="a" ID="a"',
  '<a:b/>',
  '<x xmlns="urn:x"/>',
  '<text/>',
  '<reference value="#a"/>',
]

/** The text with one to four changes; `others` lend their parts. */
export function mutateXml(anatomy: Anatomy, others: readonly Anatomy[], chance: Chance): Buffer {
  const edits: Edit[] = []
  for (let count = 1 + chance.below(4); count > 0; count -= 1) edits.push(...edit(anatomy, others, chance))
  return Buffer.from(applied(anatomy.text, edits), 'latin1')
}

/** From the end on, so that places stay what they were; of edits that overlap, the later one in the text holds. */
export function applied(text: string, edits: readonly Edit[]): string {
  let result = text
  let limit = text.length
  for (const { from, to, text: put } of [...edits].sort((a, b) => b.from - a.from)) {
    if (to > limit) continue
    result = result.slice(0, from) + put + result.slice(to)
    limit = from
  }
  return result
}

const KINDS = ['element', 'element', 'element', 'value', 'value', 'value', 'attribute', 'text', 'raw', 'many'] as const

function edit(anatomy: Anatomy, others: readonly Anatomy[], chance: Chance): readonly Edit[] {
  switch (chance.pick(KINDS)) {
    case 'element':
      return elementEdit(anatomy, others, chance)
    case 'value':
      return valueEdit(anatomy, anatomy.attributeValues, chance)
    case 'text':
      return valueEdit(anatomy, anatomy.texts, chance)
    case 'attribute':
      return attributeEdit(anatomy, chance)
    case 'raw':
      return rawEdit(anatomy.text, chance)
    case 'many':
      return chance.yes(0.1) ? manyEdit(anatomy, chance) : elementEdit(anatomy, others, chance)
  }
}

const ELEMENT_EDITS = ['remove', 'double', 'empty', 'rename', 'swap', 'foreign', 'wrap', 'namespace'] as const

function elementEdit(anatomy: Anatomy, others: readonly Anatomy[], chance: Chance): readonly Edit[] {
  if (anatomy.elements.length === 0) return []
  const element = chance.pick(anatomy.elements)
  const whole = textOf(anatomy, element)
  switch (chance.pick(ELEMENT_EDITS)) {
    case 'remove':
      return [{ ...element, text: '' }]
    case 'double':
      return [{ from: element.to, to: element.to, text: whole }]
    case 'empty':
      return element.endName ? [{ from: element.inner, to: element.endName.from - 2, text: '' }] : []
    case 'rename':
      return renamed(element, chance.pick(anatomy.elements).name)
    case 'swap': {
      const other = chance.pick(anatomy.elements)
      return [
        { ...element, text: textOf(anatomy, other) },
        { ...other, text: whole },
      ]
    }
    case 'foreign': {
      const lender = chance.pick([anatomy, ...others])
      if (lender.elements.length === 0) return []
      const lent = textOf(lender, chance.pick(lender.elements))
      return lent.length > MOST_ADDED ? [] : [{ from: element.inner, to: element.inner, text: lent }]
    }
    case 'wrap': {
      const depth = chance.pick([1, 2, 30, 300])
      return [{ ...element, text: `<${element.name}>`.repeat(depth) + whole + `</${element.name}>`.repeat(depth) }]
    }
    case 'namespace':
      return [{ from: element.startName.to, to: element.startName.to, text: ' xmlns="urn:x"' }]
  }
}

function renamed({ startName, endName }: ElementSpan, name: string): readonly Edit[] {
  return [{ ...startName, text: name }, ...(endName ? [{ ...endName, text: name }] : [])]
}

function valueEdit(anatomy: Anatomy, spans: readonly Span[], chance: Chance): readonly Edit[] {
  if (spans.length === 0) return []
  const span = chance.pick(spans)
  const value = chance.yes(0.5) ? chance.pick(VALUES) : textOf(anatomy, chance.pick(spans))
  return [{ ...span, text: value }]
}

function attributeEdit(anatomy: Anatomy, chance: Chance): readonly Edit[] {
  if (anatomy.attributes.length === 0) return []
  const attribute = chance.pick(anatomy.attributes)
  switch (chance.below(3)) {
    case 0:
      return [{ ...attribute, text: '' }]
    case 1:
      return [{ ...attribute, text: textOf(anatomy, chance.pick(anatomy.attributes)) }]
    default:
      return [{ from: attribute.to, to: attribute.to, text: textOf(anatomy, chance.pick(anatomy.attributes)) }]
  }
}

/** Of bytes, without regard to what they mean. */
export function rawEdit(text: string, chance: Chance): readonly Edit[] {
  const from = chance.below(text.length + 1)
  const to = Math.min(text.length, from + chance.below(200))
  switch (chance.below(5)) {
    case 0: {
      const flipped = (text.charCodeAt(from) || 0) ^ (1 << chance.below(8))
      return [{ from, to: Math.min(text.length, from + 1), text: String.fromCharCode(flipped) }]
    }
    case 1:
      return [{ from, to, text: '' }]
    case 2:
      return [{ from: to, to, text: text.slice(from, to) }]
    case 3:
      return [{ from, to: text.length, text: '' }]
    default:
      return [{ from, to: from, text: Buffer.from(chance.pick(TOKENS)).toString('latin1') }]
  }
}

/** One part so often that a reader which looks at each for each other one is found out. */
function manyEdit(anatomy: Anatomy, chance: Chance): readonly Edit[] {
  if (anatomy.elements.length === 0) return []
  const element = chance.pick(anatomy.elements)
  const whole = textOf(anatomy, element)
  return [{ from: element.to, to: element.to, text: whole.repeat(Math.floor(MOST_ADDED / whole.length)) }]
}

function textOf({ text }: Anatomy, { from, to }: Span): string {
  return text.slice(from, to)
}
