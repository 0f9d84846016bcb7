/** The pages of a health data holder (EHDS Art. 60): its datasets and their descriptions, releases, requests of the body. */
import type { Hono } from 'hono'
import { performAct, showAct } from '../case-desk/act-page.ts'
import { openDesk } from '../case-desk/desk.ts'
import { refused } from '../case-desk/refusal.ts'
import { holderActs } from './holder-acts.ts'
import type { HolderOfficer, HolderPageOptions } from './holder-options.ts'
import { type HolderVisit, holderActors } from './holder-visit.ts'
import { holderPart, showCase, showCases } from './pages/cases.ts'
import { changeDataset, showDataset } from './pages/dataset.ts'
import { showDatasets } from './pages/datasets.ts'
import { saveEditor, showEditor } from './pages/edit.ts'
import { exportDataset, importDocument, showImport } from './pages/exchange.ts'
import { changeLabel, showLabel } from './pages/label.ts'
import { createDataset, showNewDataset } from './pages/new-dataset.ts'
import { beginLoad, downloadRejections, showRelease, showReleases } from './pages/releases.ts'
import { showUse, useRelease } from './pages/use-release.ts'

const AREAS = ['', 'cases', 'import'] as const

/** To be mounted at `/holder`. For somebody who works for no holder every address is one without a page. */
export function holderPages(options: HolderPageOptions): Hono {
  const { app, route } = openDesk<HolderPageOptions, HolderOfficer>({
    options,
    base: '/holder',
    title: (words, country) => words.messages.text('holder.portal', { country }),
    areas: AREAS.map((path) => ({ path, label: (words) => words(`holder.area.${path === '' ? 'datasets' : path}`) })),
  })
  /** Only in cases that are this holder's to see. */
  const act = (answer: typeof showAct<HolderOfficer>) => async (visit: HolderVisit) => {
    if (!(await holderPart(visit))) return refused(visit, 'not-found')
    const acts = holderActs(options.releases, visit.person)
    return answer(visit, { acts, actorsOf: holderActors, side: ['data-holder'] })
  }
  app.get('/', route(showDatasets))
  app.get('/dataset', route(showDataset))
  app.post('/dataset/:change', route(changeDataset))
  app.get('/new', route(showNewDataset))
  app.post('/new', route(createDataset))
  app.get('/edit', route(showEditor))
  app.post('/edit', route(saveEditor))
  app.get('/import', route(showImport))
  app.post('/import', route(importDocument))
  app.get('/export', route(exportDataset))
  app.get('/releases', route(showReleases))
  app.post('/releases', route(beginLoad))
  app.get('/release', route(showRelease))
  app.get('/use', route(showUse))
  app.post('/use', route(useRelease))
  app.get('/rejections.csv', route(downloadRejections))
  app.get('/label', route(showLabel))
  app.post('/label', route(changeLabel))
  app.get('/cases', route(showCases))
  app.get('/cases/:case', route(showCase))
  app.get('/cases/:case/:act', route(act(showAct)))
  app.post('/cases/:case/:act', route(act(performAct)))
  app.all(
    '*',
    route((visit) => refused(visit, 'not-found')),
  )
  return app
}
