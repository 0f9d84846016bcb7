/** Which licences the project's dependencies may have: permissive ones and weak copyleft on whole files, no GPL or AGPL. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const ACCEPTED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'EUPL-1.2',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unicode-3.0',
  'Zlib',
  'Unlicense',
])

/** Packages whose manifest names no SPDX licence; the text was read and the reason is kept here. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  fhirpath:
    'LICENSE.md: terms based on the BSD licence (Lister Hill National Center for Biomedical Communications), no copyleft',
  '@lhncbc/ucum-lhc':
    'LICENSE.md: terms based on the BSD licence; UCUM and LOINC tables under their own free licences, see NOTICE',
  'png-js': 'LICENSE: MIT',
  'dejavu-fonts-ttf': 'LICENSE: Bitstream Vera and Arev fonts licence, free to embed and redistribute',
}

const Manifest = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
})

/** One line for each installed package whose licence is not accepted. */
export function unacceptableLicences(root: string): readonly string[] {
  const manifests = globSync(
    ['node_modules/*/package.json', 'node_modules/@*/*/package.json', 'node_modules/**/node_modules/*/package.json'],
    { cwd: root },
  )
  return [...new Set(manifests.flatMap((path) => unacceptable(join(root, path))))]
}

function unacceptable(path: string): readonly string[] {
  const parsed = Manifest.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success || parsed.data.name === undefined || parsed.data.version === undefined) return []
  const { name, version, license, licenses } = parsed.data
  if (name in READ_BY_HAND) return []
  const stated =
    typeof license === 'string'
      ? license
      : (license?.type ?? licenses?.map((entry) => entry.type).join(' OR ') ?? 'none stated')
  const accepted = stated
    .replace(/[()]/g, '')
    .split(/\s+OR\s+/)
    .some((choice) => choice.split(/\s+AND\s+/).every((part) => ACCEPTED.has(part.trim())))
  return accepted
    ? []
    : [
        `${name}@${version}: licence ${stated} is not accepted. Choose another package, or read its licence and say so in test/house/licences.ts.`,
      ]
}
