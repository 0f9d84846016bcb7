/** Bearer tokens of subscribers (RFC 6750). Only their hashes are kept. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'

/** SHA-256 of a token, base64url. */
export type TokenHash = string

/** Fewer could be guessed. */
const SHORTEST = 24
const TOKEN = /^[\w.~+/-]+=*$/

/** One token a line, whatever else the line says after a blank; lines with `#` are remarks. */
export function parseTokens(text: string, file: string): Result<readonly TokenHash[], 'release-tokens-unusable'> {
  const hashes: TokenHash[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [token = ''] = line.trim().split(/\s+/)
    if (token === '' || token.startsWith('#')) continue
    if (token.length < SHORTEST || !TOKEN.test(token)) {
      return failed(
        'release-tokens-unusable',
        'This line does not begin with a token that can be used.',
        `Write tokens of at least ${SHORTEST} letters, digits and -._~+/, one a line.`,
        { file, line: index + 1 },
      )
    }
    hashes.push(digest(token).toString('base64url'))
  }
  if (hashes.length > 0) return ok(hashes)
  return failed('release-tokens-unusable', 'The file has no token.', 'Write one token a line.', { file })
}

/** Every hash is compared, each in constant time: how long it takes tells nothing of the tokens. */
export function holdsToken(request: Request, hashes: readonly TokenHash[]): boolean {
  const [, token] = /^Bearer +(\S{1,4096})$/i.exec(request.headers.get('authorization') ?? '') ?? []
  const given = digest(token ?? '')
  let held = false
  for (const hash of hashes) held = timingSafeEqual(given, Buffer.from(hash, 'base64url')) || held
  return held && token !== undefined
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
