import type { ApiClient } from '../shared/contract/contract.ts'
import type { SavedView } from '../shared/contract/saved-view.ts'
import type { FilterList } from '../shared/filter/list-rules.ts'
import { AppError } from '../shared/errors.ts'
import { command } from './command.ts'
import { parseWords } from './filter-words.ts'
import { jsonOption, oneOf, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const lists: Record<string, FilterList> = { 'messages': 'trace', 'log': 'log', 'device-log': 'deviceLog' }
const wordOf = (list: FilterList): string => Object.keys(lists).find(word => lists[word] === list)!
const listOption = withDefault(oneOf(...Object.keys(lists)), 'log', { about: 'Which list the view is of.', placeholder: 'LIST' })

async function findView(client: ApiClient, list: FilterList, wanted: string): Promise<SavedView | undefined> {
  return (await client.call('savedView.list', { list })).find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
}

const describeView = ({ list, name, filter }: SavedView): string => `${wordOf(list)}  ${name}  ${filter || '(everything)'}`

/** `thingbench view list`. */
export const viewList = command({
  path: ['view', 'list'],
  about: 'List the saved views of messages and logs.',
  positionals: [],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench view list'],
  async run({ workspace, json }, _positionals, output) {
    const views = await withWorkspace({ workspace }, client => client.call('savedView.list', {}))
    views.forEach(view => json ? output.json({ ...view }) : output.line(describeView(view)))
    return 0
  },
})

/** `thingbench view save`. */
export const viewSave = command({
  path: ['view', 'save'],
  about: 'Save a filter under a name, for the page and for --view; a view of that name is replaced.',
  positionals: [{ name: 'NAME', about: 'The name.' }, { name: 'FILTER', about: 'As on the page: device:kitchen code:failed last:1h.', optional: true, repeated: true }],
  options: { list: listOption, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench view save "Refused logins" type:device code:failed', 'thingbench view save Slow --list messages "lag>500ms" last:1h'],
  async run({ list: word, workspace, json }, [name = '', ...words], output) {
    const list = lists[word]!
    const filter = words.join(' ')
    parseWords(list, filter)
    const view = await withWorkspace({ workspace }, async (client) => {
      const known = await findView(client, list, name)
      return client.call('savedView.save', { list, name, filter, ...known && { viewId: known.viewId } })
    })
    if (json)
      output.json({ ...view })
    else
      output.line(describeView(view))
    return 0
  },
})

/** `thingbench view delete`. */
export const viewDelete = command({
  path: ['view', 'delete'],
  about: 'Delete a saved view.',
  positionals: [{ name: 'NAME', about: 'The name.' }],
  options: { list: listOption, workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench view delete "Refused logins"'],
  async run({ list: word, workspace, json }, [name = ''], output) {
    const list = lists[word]!
    const view = await withWorkspace({ workspace }, async (client) => {
      const known = await findView(client, list, name)
      if (known === undefined)
        throw new AppError('view/not-found', `No saved view of ${word} is called ${JSON.stringify(name)}.`, { name })
      return client.call('savedView.delete', { viewId: known.viewId })
    })
    if (json)
      output.json({ ...view })
    else
      output.line(`Deleted ${describeView(view)}`)
    return 0
  },
})
