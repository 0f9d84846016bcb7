/** DeviceUseStatement → supply with the device as participant (eHDSI 1.3.6.1.4.1.12559.11.10.1.3.1.3.5). */
import type { Device, DeviceUseStatement, Resource } from 'fhir/r4'
import { code, coded } from '../datatypes/code.ts'
import { ids } from '../datatypes/identity.ts'
import { nullFlavorIn } from '../datatypes/nulls.ts'
import { interval, when } from '../datatypes/time.ts'
import { detailPieces } from '../detail.ts'
import { assemble, type Piece, templateIds } from '../element.ts'
import { text } from '../people.ts'
import { sourceOf } from '../source.ts'
import { type Statement, statementPeople } from '../statement.ts'
import { isA, type Place, resolve, type Writing } from '../writing.ts'
import { status } from './observation.ts'

export function writeDeviceUse(use: DeviceUseStatement, writing: Writing, _place: Place): Statement {
  const source = sourceOf(use)
  const folded: Resource[] = []
  const device = resolve(use.device, writing, use)
  return {
    className: 'Supply',
    folded,
    pieces: [
      ...templateIds('1.3.6.1.4.1.12559.11.10.1.3.1.3.5'),
      ...ids(use.identifier, writing),
      coded('code', source.others[0], writing, 'CD'),
      status('DeviceUseStatement', use.status, source),
      timeOf(use),
      ...statementPeople('Supply', [{ reference: use.source, as: 'author', time: use.recordedOn }], writing, folded),
      isA(device, 'Device') ? deviceParticipant(device, writing, folded) : undefined,
    ],
  }
}

/** supply/effectiveTime may be any kind of time: each names its type. */
function timeOf(use: DeviceUseStatement): Piece | undefined {
  const timed = { moment: use.timingDateTime, beside: use._timingDateTime }
  return interval('effectiveTime', use.timingPeriod, 'IVL_TS') ?? when('effectiveTime', timed, 'IVL_TS')
}

/** A device that takes part in a statement. */
export function deviceParticipant(device: Device, writing: Writing, folded: Resource[]): Piece {
  folded.push(device)
  const { details } = sourceOf(device)
  const names = device.deviceName ?? []
  const model = names.find(({ type }) => type === 'model-name') ?? names.find(({ type }) => type !== 'other')
  const other = names.find((name) => name !== model)
  const playing = assemble('Device', 'playingDevice', { nullFlavor: nullFlavorIn(device) }, [
    code('code', device.type, writing, { type: 'CE' }),
    text('manufacturerModelName', model?.name ?? device.modelNumber),
    text('softwareName', other?.name),
    ...detailPieces('Device', details, writing),
  ])
  return assemble('Participant2', 'participant', { typeCode: 'DEV' }, [
    assemble('ParticipantRole', 'participantRole', { classCode: 'MANU' }, [
      ...ids(device.identifier, writing),
      playing,
      ...detailPieces('ParticipantRole', details, writing),
    ]),
  ])
}
