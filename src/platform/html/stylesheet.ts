/** Style sheets that lie beside the code, read once and stripped of what the browser does not need. */
import { readFileSync } from 'node:fs'

/** The style sheet at a URL, without comments and line breaks. */
export function readStylesheet(url: URL): string {
  return readFileSync(url, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/\s*([{};,])\s*/g, '$1')
    .trim()
}

/** Tokens and base elements of every page. */
export function tokensStylesheet(): string {
  return readStylesheet(new URL('./tokens.css', import.meta.url))
}
