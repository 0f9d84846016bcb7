/** Where a release is kept: a folder for each dataset, a file for each release. */
import { join } from 'node:path'

/** An address as the name of a folder; the prefix keeps `..` from meaning anything. */
export function identifierFolder(kind: 'dataset' | 'holder', identifier: string): string {
  return `${kind}-${encodeURIComponent(identifier)}`
}

/** @param release a name without slashes */
export function releaseFile(folder: string, dataset: string, release: string): string {
  return join(folder, identifierFolder('dataset', dataset), `${release}.duckdb`)
}

const NAME = /^[A-Za-z0-9][\w.-]{0,60}$/

/** Letters, digits, points and lines: no way to another folder. */
export function isReleaseName(name: string): boolean {
  return NAME.test(name)
}
