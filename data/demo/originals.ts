/**
 * Writes the original documents (CDA level 1 with a PDF inside) that belong to the structured ones.
 *
 *     node data/demo/originals.ts
 *
 * A structured document `x.L3.xml` that names its original with `relatedDocument typeCode="XFRM"` gets `x.L1.xml`.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attribute, child, children } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { originalPdf } from './original-pdf.ts'

/** Header templates of patient summaries and prescriptions: level 3 and level 1 (eHDSI). */
const TEMPLATES: readonly (readonly [string, string])[] = [
  ['1.3.6.1.4.1.12559.11.10.1.3.1.1.3', '1.3.6.1.4.1.12559.11.10.1.3.1.1.7'],
  ['1.3.6.1.4.1.12559.11.10.1.3.1.1.1', '1.3.6.1.4.1.12559.11.10.1.3.1.1.6'],
]

/** The structured documents of the demonstration, relative to this folder. */
export function structuredDocuments(): readonly string[] {
  return globSync('*/documents/*.L3.xml', { cwd: import.meta.dirname }).sort()
}

/** The text of the level 1 document that belongs to a level 3 document; undefined when it names none. */
export async function originalOf(source: string): Promise<string | undefined> {
  const parsed = parseXml(new TextEncoder().encode(source))
  if (!parsed.ok) throw new Error(parsed.problem.sentence)
  const { root } = parsed.value
  const original = transformed(root)
  const own = attribute(child(root, 'id'), 'extension')
  if (original === undefined || own === undefined) return undefined
  const pdf = Buffer.from(await originalPdf(root)).toString('base64')
  const header = TEMPLATES.reduce(
    (text, [level3, level1]) => text.replace(`<templateId root="${level3}"/>`, `<templateId root="${level1}"/>`),
    source.slice(0, source.indexOf('\n <component>')),
  )
    .replaceAll(`extension="${original}"`, 'extension="@other@"')
    .replaceAll(`extension="${own}"`, `extension="${original}"`)
    .replaceAll('extension="@other@"', `extension="${own}"`)
    .replace(' xmlns:pharm="urn:hl7-org:pharm"', '')
  return levelOne(header, 'application/pdf', pdf)
}

/** A document of level 1: a header, and a file in base64. */
export function levelOne(header: string, mediaType: string, base64: string): string {
  return `${header}
 <component>
  <nonXMLBody>
   <text mediaType="${mediaType}" representation="B64">
${base64.replace(/.{1,100}/g, '$&\n')}   </text>
  </nonXMLBody>
 </component>
</ClinicalDocument>
`
}

function transformed(root: XmlElement): string | undefined {
  const related = children(root, 'relatedDocument').find((element) => attribute(element, 'typeCode') === 'XFRM')
  return attribute(child(child(related, 'parentDocument'), 'id'), 'extension')
}

if (import.meta.main) {
  for (const name of structuredDocuments()) {
    const path = join(import.meta.dirname, name)
    const original = await originalOf(readFileSync(path, 'utf8'))
    if (original === undefined) continue
    writeFileSync(path.replace(/\.L3\.xml$/, '.L1.xml'), original)
    console.log(name.replace(/\.L3\.xml$/, '.L1.xml'))
  }
}
