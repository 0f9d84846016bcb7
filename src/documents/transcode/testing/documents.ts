/** Small CDA documents, and what is asked of a transformation of them. */
import assert from 'node:assert/strict'
import { attribute, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { myHealthEuList } from '../coded-element-list.ts'
import { type AskedTerminology, type TransformationRequest, type Transformed, transformDocument } from '../transform.ts'

const LIST = myHealthEuList()

/** A patient summary of level 3 with this body, in German unless told otherwise. */
export function summary(body: string, language = 'de-AT'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <code code="60591-5" codeSystem="2.16.840.1.113883.6.1"/><confidentialityCode nullFlavor="UNK"/><languageCode code="${language}"/>
  <component><structuredBody>${body}</structuredBody></component>
</ClinicalDocument>`
}

export function section(loinc: string, entries: string, text = ''): string {
  return `<component><section><code code="${loinc}" codeSystem="2.16.840.1.113883.6.1"/><text>${text}</text>${entries}</section></component>`
}

/** An active problem of which the value is this. */
export function problem(value: string, loinc = '11450-4', beside = ''): string {
  return section(
    loinc,
    `<entry><act><templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.3.15"/><entryRelationship typeCode="SUBJ"><observation>
      <templateId root="1.3.6.1.4.1.12559.11.10.1.3.1.3.7"/>${value}${beside}</observation></entryRelationship></act></entry>`,
  )
}

export interface Asked extends Transformed {
  readonly text: string
  readonly root: XmlElement
  /** `TM 4505` and the like, in order. */
  readonly said: readonly string[]
}

export function ask(
  xml: string | Uint8Array,
  terminology: AskedTerminology,
  request: Partial<TransformationRequest> = {},
): Asked {
  const bytes = typeof xml === 'string' ? Buffer.from(xml) : xml
  const whole = { direction: 'transcode' as const, languages: ['fr'], codedElements: LIST, ...request }
  const result = transformDocument(bytes, whole, terminology)
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  const parsed = parseXml(result.value.bytes)
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problem.sentence)
  return {
    ...result.value,
    text: Buffer.from(result.value.bytes).toString(),
    root: parsed.value.root,
    said: result.value.report.findings.map(({ family, code }) => `${family} ${code}`),
  }
}

/** The first element of a name, anywhere; with these attributes, if given. */
export function find(root: XmlElement, name: string, attributes: Readonly<Record<string, string>> = {}): XmlElement {
  const found = search(root, name, attributes)
  assert.ok(found, `there is no ${name}`)
  return found
}

function search(root: XmlElement, name: string, wanted: Readonly<Record<string, string>>): XmlElement | undefined {
  const same = Object.entries(wanted).every(([key, value]) => attribute(root, key) === value)
  if (root.name === name && same) return root
  for (const inner of elements(root)) {
    const found = search(inner, name, wanted)
    if (found) return found
  }
  return undefined
}

/** Attributes as an object, without namespaces. */
export function attributesOf(element: XmlElement): Readonly<Record<string, string>> {
  return Object.fromEntries(element.attributes.map(({ name, value }) => [name, value]))
}
