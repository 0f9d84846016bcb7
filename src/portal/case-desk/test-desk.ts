/** For tests: who is signed in stands in a cookie, and his forms carry his name. */
import { parse } from 'hono/utils/cookie'
import type { DeskPerson } from './desk.ts'

export function deskCookie(name: string): string {
  return `desk=${name}`
}

/** In cases `https://id.example|<name>-FR`, like the people of the example case. */
export function deskPerson(request: Request): DeskPerson | undefined {
  const name = parse(request.headers.get('cookie') ?? '', 'desk').desk
  if (!name) return undefined
  const token = `token-${name}`
  return { name, identifier: `https://id.example|${name}-FR`, token, isToken: (sent) => sent === token }
}
