/** The policies that ship or that a country put in their place: which services for whom, and what is unusual. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readThresholds, type Thresholds } from '#care/abuse/thresholds.ts'
import { readPolicies } from '#care/policy/policy.ts'
import type { Result } from '#platform/result/result.ts'

export async function openPolicies(data: string): Promise<ReturnType<typeof readPolicies>> {
  const file = join(data, 'policies', 'services.json')
  return readPolicies(JSON.parse(await readFile(file, 'utf8')), file)
}

export async function openThresholds(data: string): Promise<Result<Thresholds>> {
  const file = join(data, 'policies', 'thresholds.json')
  return readThresholds(JSON.parse(await readFile(file, 'utf8')), file)
}
