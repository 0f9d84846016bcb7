/** Looking into the loaded terminology as a person does. */
export { openBrowser } from './browser.ts'
export type { BrowseSources, EditionSource } from './sources.ts'
