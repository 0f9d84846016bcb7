/** Where the project's own files lie, and where state goes. The only place of the commands that reads the environment. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const PROJECT = join(import.meta.dirname, '..', '..')
export const DATA = join(PROJECT, 'data')

/** The folder of everything Tessera writes: `TESSERA_HOME`, else `.tessera` in the project. */
export function tesseraHome(): string {
  return resolve(process.env.TESSERA_HOME ?? join(PROJECT, '.tessera'))
}

export interface CentralServerAccount {
  readonly username: string | undefined
  readonly password: string | undefined
}

/** The account at the Central Terminology Server: `TESSERA_CTS_USERNAME` and `TESSERA_CTS_PASSWORD`. */
export function centralServerAccount(): CentralServerAccount {
  const { TESSERA_CTS_USERNAME: username, TESSERA_CTS_PASSWORD: password } = process.env
  return { username, password }
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

export const VERSION = readVersion()
