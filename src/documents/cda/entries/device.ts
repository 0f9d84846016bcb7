/** Devices and implants: supply with a device participant (IHE PCC / eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.5) → DeviceUseStatement + Device. */
import type { Device, DeviceUseStatement } from 'fhir/r4'
import { attribute, child, words } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { identifiers } from '../datatypes/identity.ts'
import { absent, nullFlavorExtension } from '../datatypes/nulls.ts'
import { when } from '../datatypes/time.ts'
import { each, every, first, type Located } from '../located.ts'
import { addResource, newTrace, type Reading, type Trace } from '../reading.ts'
import { type Context, carryRest, openStatement, statementText, structural } from '../statement.ts'
import { PARTICIPATION_TYPE } from '../tables/urls.ts'
import { readDispense } from './dispensation.ts'
import { PARTICIPATIONS, participations } from './participations.ts'

const STATUS: Readonly<Record<string, DeviceUseStatement['status']>> = {
  active: 'active',
  completed: 'completed',
  suspended: 'on-hold',
  held: 'on-hold',
  aborted: 'completed',
  cancelled: 'entered-in-error',
  new: 'intended',
}

const EXPRESSED = ['id', 'effectiveTime', ...PARTICIPATIONS]

/** A supply: of a device when it names one, of a medicine when it names a product. */
export function readSupply(at: Located, reading: Reading, context: Context): string[] {
  const device = each(at, 'participant').some((part) => first(part, 'participantRole', 'playingDevice') !== undefined)
  const inSection = context.top && context.section === '46264-8'
  return first(at, 'product') === undefined && (device || inSection)
    ? readDeviceUse(at, reading, context)
    : readDispense(at, reading, context)
}

function readDeviceUse(at: Located, reading: Reading, context: Context): string[] {
  const trace = openStatement(at, reading, context)
  const who = participations(at, reading)
  const device =
    each(at, 'participant').find((part) => first(part, 'participantRole', 'playingDevice') !== undefined) ??
    each(at, 'participant')[0]
  const { moment, period } = when(child(at.element, 'effectiveTime'))
  const code = child(at.element, 'code')
  const use: DeviceUseStatement = {
    resourceType: 'DeviceUseStatement',
    identifier: identifiers(at.element, reading),
    status: STATUS[codeOf(child(at.element, 'statusCode'))?.toLowerCase() ?? ''] ?? 'active',
    subject: { reference: reading.patient },
    timingDateTime: moment?.value,
    _timingDateTime:
      period === undefined ? (moment === undefined ? { extension: absent() } : moment.element) : undefined,
    timingPeriod: period,
    recordedOn: who.recorded,
    source: who.informants[0] ?? who.authors[0] ?? who.performers[0],
    device: { reference: (device && deviceOf(device, reading, trace)) ?? namelessDevice(at, code, reading) },
    bodySite: concept(child(at.element, 'targetSiteCode'), reading),
  }
  if (attribute(at.element, 'negationInd') === 'true') trace.details.push({ url: 'negationInd', valueBoolean: true })
  structural(trace, code, reading)
  for (const part of each(at, 'participant')) if (part.element !== device?.element) keep(part, reading, trace)
  carryRest(trace, at, reading, context, new Set([...EXPRESSED, 'code', 'participant', 'targetSiteCode']))
  return [addResource(reading, use, trace)]
}

/** A supply without a participant still states something: its code, its words, or why there is nothing. */
function namelessDevice(at: Located, code: ReturnType<typeof child>, reading: Reading): string {
  const text = statementText(at, reading)
  const device: Device = {
    resourceType: 'Device',
    type: concept(code, reading) ?? (text === undefined ? { extension: absent(at.element) } : { text }),
    patient: { reference: reading.patient },
  }
  return addResource(reading, device, newTrace(at.path))
}

/** The device of a participation; the participation's own facts go to the trace of the statement. */
export function deviceOf(at: Located, reading: Reading, trace: Trace): string | undefined {
  const role = first(at, 'participantRole')
  const device = first(role, 'playingDevice') ?? first(role, 'playingEntity')
  if (role === undefined) return undefined
  const typeCode = attribute(at.element, 'typeCode')
  if (typeCode !== undefined && typeCode !== 'DEV') trace.codes.push({ system: PARTICIPATION_TYPE, code: typeCode })
  const inner = newTrace(role.path)
  const type = concept(child(device?.element, 'code') ?? child(role.element, 'code'), reading)
  const model = words(child(device?.element, 'manufacturerModelName'))
  const software = words(child(device?.element, 'softwareName'))
  const names = each(device, 'name')
    .map(({ element }) => words(element))
    .filter((name) => name !== '')
  const held: Device = {
    resourceType: 'Device',
    extension: [...nullFlavorExtension(at.element), ...nullFlavorExtension(device?.element)],
    identifier: identifiers(role.element, reading),
    type: type ?? { extension: absent(child(device?.element, 'code') ?? device?.element) },
    deviceName: [
      ...(model === '' ? [] : [{ name: model, type: 'model-name' } as const]),
      ...(software === '' ? [] : [{ name: software, type: 'other' } as const]),
      ...names.map((name) => ({ name, type: 'user-friendly-name' }) as const),
    ],
    patient: { reference: reading.patient },
  }
  const fields = new Set([
    'code',
    'id',
    'playingDevice',
    'playingEntity',
    'manufacturerModelName',
    'softwareName',
    'name',
    'templateId',
  ])
  for (const part of [...every(role), ...(device ? every(device) : [])])
    if (!fields.has(part.element.name)) keep(part, reading, inner)
  for (const part of every(at)) if (part.element !== role.element) keep(part, reading, trace)
  if (child(device?.element, 'code') !== undefined && child(role.element, 'code') !== undefined)
    structural(inner, child(role.element, 'code'), reading)
  return addResource(reading, held, inner)
}

function keep(part: Located, reading: Reading, trace: Trace): void {
  const extra = detail(part.element, reading)
  if (extra !== undefined) trace.details.push(extra)
}
