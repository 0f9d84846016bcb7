import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AuditInput, LONGEST, readAudit } from './environment-audit.ts'

const TODAY = '2029-06-01'
const WHOLE: AuditInput = {
  audited: '2029-05-20',
  environment: ' spe-1 ',
  auditor: 'An auditor of security',
  kind: 'third-party',
  findings: 'Logs are kept for ten months.',
  measures: 'Keep them for a year.',
  until: '2029-09-01',
}

function faultsIn(change: AuditInput): readonly string[] {
  const read = readAudit({ ...WHOLE, ...change }, TODAY)
  return 'faults' in read ? read.faults.map(({ field, fault }) => `${field} ${fault}`) : []
}

test('a record is read as it was written, without the blanks around it', () => {
  const { measures, until, ...rest } = WHOLE
  const read = readAudit(WHOLE, TODAY)
  assert.deepEqual(read, { ...rest, environment: 'spe-1', measures: { words: measures, until } })
  const none = readAudit({ ...rest, measures: ' ' }, TODAY)
  assert.ok(!('faults' in none) && none.measures === undefined)
})

test('everything that is wrong is told, each at its field', () => {
  const all = ['audited missing', 'environment missing', 'auditor missing', 'kind missing', 'findings missing']
  const empty = readAudit({}, TODAY)
  assert.deepEqual('faults' in empty && empty.faults.map(({ field, fault }) => `${field} ${fault}`), all)
  const wrong: readonly (readonly [AuditInput, string])[] = [
    [{ audited: '2029-02-30' }, 'audited no-day'],
    [{ audited: '2029-06-02' }, 'audited in-future'],
    [{ environment: ' ' }, 'environment missing'],
    [{ auditor: 'x'.repeat(LONGEST.auditor + 1) }, 'auditor too-long'],
    [{ kind: 'secret' }, 'kind missing'],
    [{ findings: 'x'.repeat(LONGEST.findings + 1) }, 'findings too-long'],
    [{ until: '' }, 'until missing'],
    [{ until: 'soon' }, 'until no-day'],
    [{ until: '2029-05-19' }, 'until before-audit'],
    [{ measures: '' }, 'until no-measures'],
  ]
  for (const [change, fault] of wrong) assert.deepEqual(faultsIn(change), [fault])
  assert.deepEqual(faultsIn({ audited: TODAY, until: TODAY }), [])
})
