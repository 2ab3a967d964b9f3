import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { SavedView } from '../../../shared/contract/saved-view.ts'
import type { Store } from '../../store/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { parseFilter } from '../../../shared/filter/language.ts'
import { expectedEn, filterRules } from '../../../shared/filter/list-rules.ts'
import { describeProblem } from '../../../shared/filter/problem.ts'
import { limits } from '../../../shared/limits.ts'
import { deleteSavedView, selectSavedViews, upsertSavedView } from './rows.ts'

export interface SavedViewContext {
  store: Pick<Store, 'read' | 'write'>
  /** Epoch milliseconds. */
  now: () => number
}

type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `savedView.${string}`>>

/** Views of the lists that the page and the command line share. */
export function savedViewMethodHandlers({ store, now }: SavedViewContext): Handlers {
  const all = (): Promise<SavedView[]> => store.read(selectSavedViews, [])
  return {
    'savedView.list': async ({ list }) => (await all()).filter(view => list === undefined || view.list === list),
    'savedView.save': async ({ viewId, list, name, filter }) => {
      const rules = filterRules(list, expectedEn, now)
      const [problem] = parseFilter(filter, rules).problems
      if (problem !== undefined)
        throw new AppError('input/invalid', `filter: ${describeProblem(problem, rules)}`, { field: 'filter', got: filter })
      const views = await all()
      const others = views.filter(view => view.viewId !== viewId)
      if (others.some(view => view.list === list && view.name.toLowerCase() === name.toLowerCase()))
        throw new AppError('view/exists', `A saved view is called ${JSON.stringify(name)} already; choose another name.`, { name })
      if (others.length >= limits.savedViewsMax)
        throw new AppError('limit/reached', `A workspace holds at most ${limits.savedViewsMax} saved views; delete one that is not needed.`, { limit: limits.savedViewsMax })
      // Ids are instants, so that one that was deleted comes back under its own.
      const view: SavedView = { viewId: viewId ?? Math.max(now(), ...views.map(one => one.viewId + 1)), list, name, filter }
      await store.write([{ statement: upsertSavedView, params: [view.viewId, list, name, filter] }])
      return view
    },
    'savedView.delete': async ({ viewId }) => {
      const view = (await all()).find(one => one.viewId === viewId)
      if (view === undefined)
        throw new AppError('view/not-found', `There is no saved view with the id ${viewId}.`, { viewId })
      await store.write([{ statement: deleteSavedView, params: [viewId] }])
      return view
    },
  }
}
