/** Every code that documents use: attributes of CDA, codings of FHIR. Terminology is asked about them without knowing documents. */

import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { attribute, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { UsedCode } from '#terminology/releases/diff/documents.ts'

const UCUM = 'http://unitsofmeasure.org'

/** Documents in the `documents` folders below a folder, such as `data/demo`; each code of a document once. */
export async function usedCodesOf(folder: string): Promise<readonly UsedCode[]> {
  const used: UsedCode[] = []
  for (const name of globSync('**/documents/*.{xml,json}', { cwd: folder }).sort()) {
    const bytes = await readFile(join(folder, name))
    const found = new Map<string, UsedCode>()
    const note = (system: string, code: string) => {
      found.set(`${system}|${code}`, { document: basename(name), system, code })
    }
    if (name.endsWith('.json')) walkFhir(parsed(bytes), note)
    else {
      const document = parseXml(bytes, { file: name })
      if (document.ok) walkCda(document.value.root, note)
    }
    used.push(...found.values())
  }
  return used
}

type Note = (system: string, code: string) => void

/** CD, CE, CV, CO, CS with a code system; units of PQ. Terminology knows which URL an OID is. */
function walkCda(element: XmlElement, note: Note): void {
  const [code, system, unit] = ['code', 'codeSystem', 'unit'].map((name) => attribute(element, name))
  if (code !== undefined && system !== undefined) note(`urn:oid:${system}`, code)
  if (unit !== undefined) note(UCUM, unit)
  for (const child of elements(element)) walkCda(child, note)
}

function walkFhir(value: unknown, note: Note): void {
  if (Array.isArray(value)) for (const item of value) walkFhir(item, note)
  else if (typeof value === 'object' && value !== null) {
    const { system, code } = value as { readonly system?: unknown; readonly code?: unknown }
    if (typeof system === 'string' && typeof code === 'string') note(system, code)
    for (const item of Object.values(value)) walkFhir(item, note)
  }
}

/** A file that is no JSON uses no codes; whoever converts it is told. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
