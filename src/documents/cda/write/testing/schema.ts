/** The eHDSI schema of CDA (with the pharmacy extension) as judge of what is written, by libxml2. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ParseOption, XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { CORPUS } from '#platform/xml/testing/corpus.ts'

/** @returns a judge that answers '' when a text is valid, else what libxml2 says; it needs the corpus */
export function cdaSchema(): (xml: string) => string {
  xmlRegisterFsInputProviders()
  const file = join(CORPUS, 'openncp', 'schema', 'cda-pharma', 'CDA_Pharma.xsd')
  const validator = XsdValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(file), { url: file }))
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
