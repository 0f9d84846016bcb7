/** The pages of a health data holder (EHDS Art. 60): its datasets and their descriptions, releases, requests of the body. */
import type { Hono } from 'hono'
import { openDesk } from '../case-desk/desk.ts'
import { refused } from '../case-desk/refusal.ts'
import type { HolderOfficer, HolderPageOptions } from './holder-options.ts'
import { showDatasets } from './pages/datasets.ts'

const AREAS = ['', 'cases', 'import'] as const

/** To be mounted at `/holder`. For somebody who works for no holder every address is one without a page. */
export function holderPages(options: HolderPageOptions): Hono {
  const { app, route } = openDesk<HolderPageOptions, HolderOfficer>(
    {
      options,
      base: '/holder',
      title: (words, country) => words.messages.text('holder.portal', { country }),
      areas: AREAS.map((path) => ({ path, label: (words) => words(`holder.area.${path === '' ? 'datasets' : path}`) })),
    },
    refused,
  )
  app.get('/', route(showDatasets))
  app.all(
    '*',
    route((visit) => Promise.resolve(refused(visit, 'not-found'))),
  )
  return app
}
