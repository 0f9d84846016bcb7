/** For tests: the Portuguese patient's journey, walked as far as a named step. */
import { type Answer, type TestPortal, testPortal, Visitor } from './test-surroundings.ts'

export const UTENTE = { 'id-2.16.17.710.820.1000.990.1.1': '298 123 456' }
export const BORN = { 'birthDate-day': '12', 'birthDate-month': '4', 'birthDate-year': '1958' }

export interface Walk {
  readonly portal: TestPortal
  readonly visitor: Visitor
  /** The page the walk stopped at. */
  readonly page: Answer
  readonly at: string
}

export type Stop = 'identify' | 'identity' | 'notice' | 'relationship' | 'documents'

/** Walks the journey of the Portuguese patient as far as the step named. */
export async function walkTo(stop: Stop, portal?: TestPortal): Promise<Walk> {
  const surroundings = portal ?? (await testPortal())
  const visitor = new Visitor(surroundings.app)
  const countries = await visitor.signIn()
  let page = await visitor.submit(countries, '/patients', { country: 'PT' })
  const at = page.path.replace(/\/identify$/, '')
  const forms: readonly (readonly [Stop, Readonly<Record<string, string>>])[] = [
    ['identify', { ...UTENTE, ...BORN }],
    ['identity', { evidence: 'identity-card', verdict: 'same' }],
    ['notice', { informed: 'yes' }],
    ['relationship', { purpose: 'TREATMENT' }],
  ]
  for (const [step, fields] of forms) {
    if (step === stop) break
    page = await visitor.submit(page, `${at}/${step}`, fields)
  }
  return { portal: surroundings, visitor, page, at }
}
