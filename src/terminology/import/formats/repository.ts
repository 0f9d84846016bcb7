/**
 * The XML that OpenNCP exports its repository into for display, one file for each value set:
 * `<ValueSet oid name><concept code codeSystem codeSystemName><designation lang>…`.
 */
import { attribute, children, words } from '#platform/xml/access.ts'
import { createCatalogue } from '../catalogue.ts'
import { readXml } from '../input/xml.ts'
import { type Format, rootElement } from './format.ts'

export const repository: Format = {
  id: 'repository',
  title: "OpenNCP's exported repository",
  together: true,
  enumerates: true,
  claim(samples) {
    const own = samples.filter(
      ({ head }) => /^valueset$/i.test(rootElement(head) ?? '') && /<ValueSet[^>]*\soid\s*=/i.test(head),
    )
    return own.length === 0 ? [] : [own.map(({ file }) => file)]
  },
  async *read(files, context) {
    const catalogue = createCatalogue(context)
    for (const file of files) {
      const root = await readXml(file, context)
      if (!root) continue
      const oid = attribute(root, 'oid')?.trim() ?? ''
      const concepts = children(root, 'concept')
      if (oid === '' || concepts.length === 0) {
        const sentence = 'The file holds no value set with an OID and concepts.'
        context.complain(file, {
          code: 'terminology-file-unknown',
          sentence,
          next: 'Give files of an EpsosRepository.',
        })
        continue
      }
      context.used(file)
      const version = attribute(root, 'version')?.trim() || undefined
      const add = catalogue.addValueSet({
        oid,
        name: attribute(root, 'name')?.trim() || oid,
        ...(version !== undefined && { version }),
      })
      for (const concept of concepts) {
        const code = attribute(concept, 'code')?.trim() ?? ''
        const system = attribute(concept, 'codeSystem')?.trim() ?? ''
        if (code === '' || system === '') {
          const sentence = 'A concept has no code or no code system: it is left out.'
          context.complain(file, {
            code: 'terminology-file-partly-used',
            sentence,
            next: 'Complete it.',
            line: concept.line,
          })
          continue
        }
        const systemName = attribute(concept, 'codeSystemName')?.trim() || undefined
        add({
          system,
          code,
          ...(systemName !== undefined && { systemName }),
          words: children(concept, 'designation').flatMap((element) => {
            const language = attribute(element, 'lang')?.trim() ?? ''
            return language === '' ? [] : [{ language, text: words(element) }]
          }),
        })
      }
    }
    yield* catalogue.resources()
  },
}
