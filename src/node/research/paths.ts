/** Addresses and places of research that are known before any of its code is loaded. */
import { join } from 'node:path'

/** On the border. */
const PREFIXES = ['/research/', '/federation/']

export function isResearchPath(path: string): boolean {
  return PREFIXES.some((prefix) => path.startsWith(prefix))
}

/** The catalogue as DCAT, on the portal: public, like the pages beside it. */
export const DCAT_PATH = '/dcat'

/** Where the keys of the body are, in a node's folder. */
export function researchKeyFolder(home: string): string {
  return join(home, 'research', 'keys')
}
