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

/** Releases of the datasets that are held here. */
export function releaseFolder(home: string): string {
  return join(home, 'research', 'releases')
}

/** Where holders lay the files of new releases. */
export function inboxFolder(home: string): string {
  return join(home, 'research', 'inbox')
}

/** Pages of research on the portal; each is its own or has addresses below it. */
const PAGES = ['/catalogue', '/register', '/research', '/access-body', '/holder', DCAT_PATH]

export function isResearchPage(path: string): boolean {
  return PAGES.some((page) => path === page || path.startsWith(`${page}/`) || path.startsWith(`${page}.`))
}
