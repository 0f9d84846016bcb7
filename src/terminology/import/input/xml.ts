/** An XML file of a terminology: no DOCTYPE is followed, one that only names a schema file is passed over. */
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { ReadContext } from '../formats/format.ts'
import type { InputFile } from './input.ts'

/** Orphadata and national editions of ICD-10 are larger than any clinical document. */
const LIMITS = { bytes: 400 * 1024 * 1024, nodes: 20_000_000 }

/** `<!DOCTYPE ClaML SYSTEM "ClaML.dtd">`: names a schema, declares nothing. */
const SCHEMA_ONLY =
  /<!DOCTYPE\s+[\w:.-]+\s+(?:SYSTEM\s+("[^"<>]*"|'[^'<>]*')|PUBLIC\s+("[^"<>]*"|'[^'<>]*')\s+("[^"<>]*"|'[^'<>]*'))\s*>/

/** The root element; undefined when the file is wrong, which is told. */
export async function readXml(file: InputFile, context: ReadContext): Promise<XmlElement | undefined> {
  const bytes = await file.bytes()
  if (!bytes.ok) {
    context.complain(file, bytes.problem)
    return undefined
  }
  const parsed = parseXml(withoutSchema(bytes.value), { file: file.name, limits: LIMITS })
  if (parsed.ok) return parsed.value.root
  const { code, sentence, next, place } = parsed.problem
  context.complain(file, { code, sentence, next, ...(place?.line !== undefined && { line: place.line }) })
  return undefined
}

/** Blanks in its place, so that lines and columns stay. */
function withoutSchema(bytes: Buffer): Buffer {
  const head = bytes.toString('latin1', 0, 4096)
  const found = SCHEMA_ONLY.exec(head)
  if (!found) return bytes
  const copy = Buffer.from(bytes)
  for (let at = found.index; at < found.index + found[0].length; at++) {
    if (copy[at] !== 0x0a && copy[at] !== 0x0d) copy[at] = 0x20
  }
  return copy
}
