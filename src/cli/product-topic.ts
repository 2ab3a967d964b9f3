import type { TopicCategory } from '../shared/contract/topic.ts'
import { toCategoryPath, topicOperations } from '../shared/alink/topic-category.ts'
import { AppError } from '../shared/errors.ts'
import { command } from './command.ts'
import { anyText, jsonOption, oneOf, optional, required } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const product = { name: 'PRODUCT_KEY', about: 'The product, as product list shows it.' }
const topic = { name: 'TOPIC', about: 'What follows /PRODUCT_KEY/DEVICE_NAME/user/ in the topic; + and # are wildcards.' }

/** `thingbench product topic list PK`. */
export const productTopicList = command({
  path: ['product', 'topic', 'list'],
  about: 'List the custom topics that the devices of a product may use.',
  positionals: [product],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench product topic list a1Thermostat'],
  async run({ workspace, json }, [productKey = ''], output) {
    const { topics } = await withWorkspace({ workspace }, client => client.call('topic.list', { productKey }))
    for (const category of topics) {
      if (json)
        output.json({ ...category })
      else
        output.line(describeTopic(category))
    }
    return 0
  },
})

/** `thingbench product topic add PK TOPIC --allow PUB|SUB|ALL`. */
export const productTopicAdd = command({
  path: ['product', 'topic', 'add'],
  about: 'Let the devices of a product use a custom topic.',
  positionals: [product, topic],
  options: {
    allow: required(oneOf(...topicOperations), { about: 'What devices may do there: publish, subscribe or both.', placeholder: 'PUB|SUB|ALL' }),
    about: optional(anyText, { about: 'What the topic is for.', placeholder: 'TEXT' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench product topic add a1Thermostat user/display/+ --allow SUB'],
  async run({ allow, about, workspace, json }, [productKey = '', shortName = ''], output) {
    const made = await withWorkspace({ workspace }, client => client.call('topic.create', { productKey, shortName, operation: allow, ...(about !== undefined && { description: about }) }))
    if (json)
      output.json({ ...made })
    else
      output.line(describeTopic(made))
    return 0
  },
})

/** `thingbench product topic remove PK TOPIC`. */
export const productTopicRemove = command({
  path: ['product', 'topic', 'remove'],
  about: 'Let the devices of a product use a custom topic no longer.',
  positionals: [product, topic],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench product topic remove a1Thermostat user/display/+'],
  async run({ workspace, json }, [productKey = '', named = ''], output) {
    const shortName = `user/${toCategoryPath(named)}`
    await withWorkspace({ workspace }, async (client) => {
      const { topics } = await client.call('topic.list', { productKey })
      const found = topics.find(category => category.shortName === shortName)
      if (!found)
        throw new AppError('topic/not-found', `Product ${productKey} has no topic category ${shortName}; it has ${topics.map(category => category.shortName).join(', ')}.`, { productKey, shortName })
      await client.call('topic.delete', { topicId: found.topicId })
    })
    if (json)
      output.json({ productKey, shortName, deleted: true })
    else
      output.line(`Deleted the topic category ${shortName} of product ${productKey}.`)
    return 0
  },
})

function describeTopic({ topic: whole, operation, description }: TopicCategory): string {
  return `${operation}  ${whole}${description === '' ? '' : `  (${description})`}`
}
