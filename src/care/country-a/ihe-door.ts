/** The door of the IHE wire. */
import type { IheHandlers } from '#wire/ihe/exchange.ts'
import type { IheOptions } from './country-a.ts'
import type { Desk } from './desk.ts'
import type { CountryAService } from './service.ts'

export function iheDoor(_desk: Desk, _service: CountryAService, _options: IheOptions): IheHandlers {
  throw new Error('not yet')
}
