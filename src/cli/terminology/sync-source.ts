/** Where a synchronisation comes from and with which account. A password is never an argument and never said again. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { CentralServerAccount } from '../project.ts'

export interface SyncSource {
  readonly base: string
  readonly username: string
  readonly password: string
  /** How the source is named to readers. */
  readonly source: string
}

const Configuration = z.strictObject({
  /** Base URL of the server. */
  address: z.string(),
  username: z.string().min(1).optional(),
  /** File with the password, relative to the configuration. */
  passwordFile: z.string().min(1).optional(),
  /** How the source is named to readers. */
  source: z.string().min(1).optional(),
})

const USUAL_SOURCE = 'eHDSI Central Terminology Server'

/** @param from an address, or a configuration file. The environment goes before the configuration. */
export async function readSyncSource(from: string, environment: CentralServerAccount): Promise<Result<SyncSource>> {
  const isAddress = /^https?:/i.test(from)
  const configured = isAddress ? ok({ address: from }) : await readConfiguration(from)
  if (!configured.ok) return configured
  const { address, username, passwordFile, source }: z.infer<typeof Configuration> = configured.value
  const url = URL.parse(address)
  if (url && (url.username !== '' || url.password !== '')) {
    const next =
      'Take them out, and give them by TESSERA_CTS_USERNAME and TESSERA_CTS_PASSWORD or in a configuration file.'
    return failed('sync-account-in-address', 'User name and password do not belong into the address.', next)
  }
  const secret =
    environment.password === undefined && passwordFile !== undefined
      ? await readPassword(resolve(dirname(from), passwordFile))
      : ok(environment.password)
  if (!secret.ok) return secret
  const name = environment.username ?? username
  if (name === undefined || secret.value === undefined || secret.value === '') {
    const what = name === undefined ? 'user name' : 'password'
    const next =
      'Set TESSERA_CTS_USERNAME and TESSERA_CTS_PASSWORD, or name username and passwordFile in a configuration file.'
    return failed('sync-no-account', `There is no ${what} for the terminology server.`, next)
  }
  return ok({ base: address, username: name, password: secret.value, source: source ?? USUAL_SOURCE })
}

async function readConfiguration(file: string): Promise<Result<z.infer<typeof Configuration>>> {
  const place = { file }
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const next = 'Give a JSON file with address, username and passwordFile, or the https address of the server.'
  if (text === undefined) return failed('sync-no-configuration', `There is no configuration at ${file}.`, next, place)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return failed('sync-configuration-unfit', 'The configuration is no JSON.', next, place)
  }
  const parsed = Configuration.safeParse(json)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  // Names only: a value might be the password.
  const unknown = issue?.code === 'unrecognized_keys' ? `it has no ${issue.keys.join(', ')}` : undefined
  const why = unknown ?? `${issue?.path.join('.') || 'it'} is missing or not text`
  return failed('sync-configuration-unfit', `The configuration does not fit: ${why}.`, next, place)
}

async function readPassword(file: string): Promise<Result<string>> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text !== undefined) return ok(text.replace(/\r?\n$/, ''))
  return failed('sync-no-password', 'The file with the password cannot be read.', 'Check its name and permissions.', {
    file,
  })
}
