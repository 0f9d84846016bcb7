/** The rooms and which way the arrows go: the one table that the arrows test and the architecture page agree on. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** For each room, the rooms it may import values from. Every room may import itself. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  cli: [
    'node',
    'portal',
    'care',
    'research',
    'assurance',
    'documents',
    'terminology',
    'wire',
    'national',
    'trust',
    'platform',
  ],
  node: [
    'portal',
    'care',
    'research',
    'assurance',
    'documents',
    'terminology',
    'wire',
    'national',
    'trust',
    'platform',
  ],
  portal: ['care', 'research', 'documents', 'terminology', 'wire', 'national', 'trust', 'platform'],
  care: ['documents', 'terminology', 'wire', 'national', 'trust', 'platform'],
  research: ['documents', 'terminology', 'wire', 'national', 'trust', 'platform'],
  assurance: ['documents', 'terminology', 'wire', 'national', 'trust', 'platform'],
  documents: ['terminology', 'trust', 'platform'],
  terminology: ['trust', 'platform'],
  wire: ['trust', 'platform'],
  national: ['trust', 'platform'],
  trust: ['platform'],
  platform: [],
}

export interface Arrow {
  readonly file: string
  readonly from: string
  readonly to: string
  readonly specifier: string
  readonly typeOnly: boolean
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm

/** Every import of the project's own files that leaves its room. */
export function arrows(root: string): readonly Arrow[] {
  const found: Arrow[] = []
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    const source = readFileSync(join(root, file), 'utf8')
    for (const match of source.matchAll(IMPORT)) {
      const specifier = match[2] ?? match[3] ?? ''
      const target = targetOf(file, specifier)
      const from = file.split('/')[1] ?? ''
      const to = target?.startsWith('src/') ? target.split('/')[1] : undefined
      if (to === undefined || to === from) continue
      found.push({
        file,
        from,
        to,
        specifier,
        typeOnly: match[1] !== undefined || source.slice(match.index, match.index + 400).startsWith('import('),
      })
    }
  }
  return found
}

function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier))
  return undefined
}
