/** Which Tessera this is, for other nodes and for people. */
import { readFileSync } from 'node:fs'

const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

export const VERSION =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown'
/** Day of the release; raised with the version. */
export const RELEASED = '2026-11-24'
