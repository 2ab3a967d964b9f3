import { z } from 'zod'
import { filterLists } from '../filter/list-rules.ts'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'

/** A filter of one of the lists that somebody has given a name. */
export interface SavedView {
  viewId: number
  list: (typeof filterLists)[number]
  /** Another one in each list, whatever its case. */
  name: string
  /** As it is typed: `device:kitchen code:failed last:1h`. A time range is a part of it. */
  filter: string
}

const viewId = z.int().min(1)

export const savedViewMethods = {
  'savedView.list': method({
    about: 'The saved views of a list or of all lists, in the order in which they were made.',
    input: z.strictObject({ list: z.enum(filterLists).optional() }),
    output: type<SavedView[]>(),
  }),
  'savedView.save': method({
    about: 'Saves a filter under a name. With the id of a view that view is changed, or comes back if it was deleted.',
    input: z.strictObject({
      viewId: viewId.optional(),
      list: z.enum(filterLists),
      name: z.string().trim().min(1).max(limits.viewNameCharsMax),
      filter: z.string().max(limits.viewFilterCharsMax),
    }),
    output: type<SavedView>(),
  }),
  'savedView.delete': method({
    about: 'Deletes a saved view and returns it, so that it can be saved again.',
    input: z.strictObject({ viewId }),
    output: type<SavedView>(),
  }),
}
