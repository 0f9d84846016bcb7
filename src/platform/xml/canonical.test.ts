/** libxml2 is the oracle: the same canonical form on the corpus and on thousands of documents that chance makes. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import * as libxml2 from 'libxml2-wasm'
import { elements } from './access.ts'
import { canonicalXml } from './canonical.ts'
import { parseXml } from './parse.ts'
import { corpusFiles, withoutCorpus } from './testing/corpus.ts'
import type { XmlElement } from './tree.ts'

interface Path {
  /** Child element numbers from the root. */
  readonly steps: readonly number[]
}

/** libxml2's form of the element at a path; `inclusive` is Canonical XML 1.0. */
function theirs(bytes: Uint8Array, { steps }: Path, prefixes: readonly string[], inclusive: boolean): string {
  const document = libxml2.XmlDocument.fromBuffer(bytes, { option: libxml2.ParseOption.XML_PARSE_HUGE })
  try {
    const path = steps.map((step) => `/*[${step + 1}]`).join('')
    const node = document.get(`/*${path}`)
    assert.ok(node instanceof libxml2.XmlElement)
    const mode = inclusive ? libxml2.XmlC14NMode.XML_C14N_1_0 : libxml2.XmlC14NMode.XML_C14N_EXCLUSIVE_1_0
    const options = inclusive ? { mode } : { mode, inclusiveNamespacePrefixes: [...prefixes] }
    return node.canonicalizeToString(options)
  } finally {
    document.dispose()
  }
}

function at(root: XmlElement, { steps }: Path): XmlElement | undefined {
  return steps.reduce<XmlElement | undefined>((element, step) => elements(element)[step], root)
}

const PREFIXES = ['', 'p', 'q', 'r']
const NAMESPACES = ['urn:one', 'urn:two', 'urn:three']
const NAMES = ['a', 'b', 'Ω', '𐐀x', 'ﬀ']
const VALUES = ['', ' x  y ', '&#9;&#10;&#13;', "&lt;&amp;&gt;&quot;'", 'é😀', 'a\r\nb\tc', ']]']

/** A well-formed element: declarations come and go, prefixes are taken from those in force. */
function element(depth: number, scope: ReadonlyMap<string, string>): fc.Arbitrary<string> {
  return fc
    .record({
      declare: fc.uniqueArray(fc.tuple(fc.constantFrom(...PREFIXES), fc.constantFrom('', ...NAMESPACES)), {
        selector: ([prefix]) => prefix,
        maxLength: 3,
      }),
      prefix: fc.nat(),
      name: fc.constantFrom(...NAMES),
      attributes: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...NAMES), fc.constantFrom(...VALUES)), { maxLength: 4 }),
      text: fc.constantFrom('', ' ', 'a&amp;<![CDATA[<b>&]]>', '<!-- c -->\r\n', '&#13;>', '😀'),
    })
    .chain((shape) => {
      const inner = new Map(scope)
      const declare = shape.declare.filter(([prefix, uri]) => prefix === '' || uri !== '')
      for (const [prefix, uri] of declare) inner.set(prefix, uri)
      const bound = [...inner.keys()]
      const qualify = (number: number, name: string, free: readonly string[]) => {
        const prefix = free[number % free.length] ?? ''
        return prefix === '' ? name : `${prefix}:${name}`
      }
      const tag = qualify(shape.prefix, shape.name, ['', ...bound])
      const seen = new Set<string>()
      const attributes = shape.attributes.flatMap(([number, name, value]) => {
        const prefixes = ['', ...bound.filter((prefix) => prefix !== '')]
        const prefix = prefixes[number % prefixes.length] ?? ''
        const key = `${prefix === '' ? '' : inner.get(prefix)} ${name}`
        if (seen.has(key)) return []
        seen.add(key)
        return [` ${qualify(number, name, prefixes)}="${value}"`]
      })
      const declarations = declare.map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${uri}"`)
      const start = `<${tag}${[...declarations, ...attributes].join('')}>`
      const children = depth === 0 ? fc.constant([]) : fc.array(element(depth - 1, inner), { maxLength: 3 })
      return children.map((inside) => `${start}${shape.text}${inside.join(shape.text)}</${tag}>`)
    })
}

test('the same form as libxml2, whatever chance makes, from any element', () => {
  const steps = fc.array(fc.nat({ max: 2 }), { maxLength: 3 })
  const prefixes = fc.subarray(['p', 'q', 'r', '#default'])
  fc.assert(
    fc.property(element(3, new Map()), steps, prefixes, fc.boolean(), (xml, path, listed, inclusive) => {
      const bytes = Buffer.from(xml)
      const parsed = parseXml(bytes)
      assert.ok(parsed.ok, xml)
      const found = at(parsed.value.root, { steps: path })
      if (found === undefined) return
      const ours = canonicalXml(found, inclusive ? { form: 'inclusive' } : { prefixes: listed })
      assert.equal(ours, theirs(bytes, { steps: path }, listed, inclusive), xml)
    }),
    { numRuns: 4000 },
  )
})

test('the same form as libxml2 on every document of the corpus', { skip: withoutCorpus() }, () => {
  let compared = 0
  for (const file of [
    'openncp/saml/*.xml',
    'openncp/{audit,evidence,smp,xca,xcpd,xdr}/**/*.xml',
    'openncp/cda/ps/*.xml',
  ].flatMap(corpusFiles)) {
    const bytes = readFileSync(file)
    const parsed = parseXml(bytes, { file })
    if (!parsed.ok || /<\?(?!xml\s)/.test(bytes.toString('latin1'))) continue
    for (const inclusive of [false, true]) {
      const ours = canonicalXml(parsed.value.root, { form: inclusive ? 'inclusive' : 'exclusive' })
      assert.ok(ours === theirs(bytes, { steps: [] }, [], inclusive), file)
    }
    compared++
  }
  assert.ok(compared > 80, `${compared} documents`)
})

test('an element left out leaves its surroundings as they were', () => {
  const parsed = parseXml(Buffer.from('<a> <s><t/></s> b</a>'))
  assert.ok(parsed.ok)
  const [without] = elements(parsed.value.root)
  assert.ok(without)
  assert.equal(canonicalXml(parsed.value.root, { without }), '<a>  b</a>')
})

test('many declarations, attributes and elements take linear time, not more', () => {
  const many = Array.from({ length: 4000 }, (_, number) => ` xmlns:p${number}="urn:${number}" p${number}:a=""`).join('')
  const parsed = parseXml(Buffer.from(`<a${many}>${'<b/>'.repeat(20_000)}</a>`))
  assert.ok(parsed.ok)
  const prefixes = Array.from({ length: 4000 }, (_, number) => `p${number}`)
  // Quadratic work here would be a hundred million steps for each of the three.
  assert.equal(canonicalXml(parsed.value.root).length, canonicalXml(parsed.value.root, { prefixes }).length)
  assert.equal(canonicalXml(parsed.value.root, { form: 'inclusive' }), canonicalXml(parsed.value.root))
})
