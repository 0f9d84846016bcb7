/** For tests: clinical software of a country, signed in as one of the demonstration's professionals, against running nodes. */
import { join } from 'node:path'
import { readConfiguration } from '#node/configuration.ts'
import { readCountry } from '#node/country-data.ts'
import { openRelyingParty } from '#node/sign-in.ts'

const DATA = join(import.meta.dirname, '..', 'data')

export interface SoftwareAnswer {
  readonly status: number
  readonly contentType: string
  readonly bytes: Uint8Array
  /** The body, when it is JSON. */
  json<T>(): T
}

export interface Software {
  get(path: string): Promise<SoftwareAnswer>
  post(path: string, body: unknown): Promise<SoftwareAnswer>
}

/** @param home of the demonstration; @param country lower case, e.g. `fr` */
export async function signInSoftware(home: string, country: string, login: string): Promise<Software> {
  const configuration = await readConfiguration(join(home, country, 'node.json'))
  if (!configuration.ok || configuration.value.role !== 'country') throw new Error(`${country} is not a country.`)
  const description = await readCountry(DATA, configuration.value.country)
  const people = await openRelyingParty(configuration.value, description)
  const signedIn = await people.signInWithoutBrowser(login)
  if (!signedIn.ok) throw new Error(`${login}: ${signedIn.problem.sentence}`)
  const authorization = `Bearer ${signedIn.value.accessToken}`
  const base = `${configuration.value.portal.origin}/api`
  const asked = async (path: string, init: RequestInit): Promise<SoftwareAnswer> => {
    const response = await fetch(`${base}${path}`, init)
    const bytes = new Uint8Array(await response.arrayBuffer())
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      bytes,
      json: <T>() => JSON.parse(new TextDecoder().decode(bytes)) as T,
    }
  }
  return {
    get: (path) => asked(path, { headers: { authorization } }),
    post: (path, body) =>
      asked(path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}
