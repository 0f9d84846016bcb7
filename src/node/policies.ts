/** The policies that ship or that a country put in their place: which services for whom, and what is unusual. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readThresholds, type Thresholds } from '#care/abuse/thresholds.ts'
import { readPolicies } from '#care/policy/policy.ts'
import { type DispensingPolicy, readDispensingPolicy } from '#documents/pharmacy/dispensing-rules.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Result } from '#platform/result/result.ts'

export async function openPolicies(data: string): Promise<ReturnType<typeof readPolicies>> {
  const file = join(data, 'policies', 'services.json')
  return readPolicies(JSON.parse(await readFile(file, 'utf8')), file)
}

export async function openThresholds(data: string): Promise<Result<Thresholds>> {
  const file = join(data, 'policies', 'thresholds.json')
  return readThresholds(JSON.parse(await readFile(file, 'utf8')), file)
}

/** What each country lets be dispensed of its prescriptions; rejects when the file cannot be read. */
export async function openDispensingPolicy(data: string): Promise<DispensingPolicy> {
  const file = join(data, 'policies', 'dispensing.json')
  const policy = readDispensingPolicy(JSON.parse(await readFile(file, 'utf8')))
  if (!policy.ok) throw new ProblemError(policy.problem)
  return policy.value
}
