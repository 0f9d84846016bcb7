/** Validation against the XML schemas that others published, by libxml2. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ParseOption, XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { CORPUS } from '#platform/xml/testing/corpus.ts'

/** @returns '' when the text is valid, else what libxml2 says */
export type Validate = (xml: string) => string

/** @param path below `openncp/schema` of the corpus */
export function schemaValidator(path: string): Validate {
  xmlRegisterFsInputProviders()
  const file = join(CORPUS, 'openncp', 'schema', path)
  const schema = XmlDocument.fromBuffer(readFileSync(file), { url: file })
  const validator = XsdValidator.fromDoc(schema)
  return (xml) => {
    const document = XmlDocument.fromString(xml, { option: ParseOption.XML_PARSE_HUGE })
    try {
      validator.validate(document)
      return ''
    } catch (error) {
      return error instanceof Error ? error.message : 'invalid'
    } finally {
      document.dispose()
    }
  }
}
