import type { TopicOperation } from '../../../shared/alink/topic-category.ts'
import type { NodeType, ValidationLevel } from '../../../shared/contract/product.ts'
import type { TopicCategory } from '../../../shared/contract/topic.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'

/** Changing how the reports of a product are checked. */
export function validationForms(productKey: string, validation: ValidationLevel): CopyForms {
  return { cli: ['product', 'update', productKey, '--validation', validation] }
}

/** The default module of the thing model. */
export function exportForms(productKey: string): CopyForms {
  return { cli: ['product', 'export', productKey], api: { action: 'GetThingModelTslPublished', parameters: { ProductKey: productKey } } }
}

export function deleteForms(productKey: string): CopyForms {
  return { api: { action: 'DeleteProduct', parameters: { ProductKey: productKey } } }
}

/** What the form of an import is filled in with. */
interface ImportChoice {
  /** What the file is called where it is. */
  fileName: string
  /** The product whose model is replaced; empty for a new one. */
  target: string
  name: string
  nodeType: NodeType
  asDraft: boolean
}

/** Importing a thing model. A new product without a name gets another one from the command line: that of the file. */
export function importForms({ fileName, target, name, nodeType, asDraft }: ImportChoice): CopyForms {
  if (target === '' && name.trim() === '')
    return {}
  const into = target === '' ? ['--name', name.trim(), '--node-type', nodeType] : ['--product', target]
  return { cli: ['product', 'import', fileName, ...into, ...asDraft ? ['--draft'] : []] }
}

/** Letting the devices of a product use a custom topic. */
export function topicAddForms(productKey: string, { shortName, operation, description }: { shortName: string, operation: TopicOperation, description: string }): CopyForms {
  return {
    cli: ['product', 'topic', 'add', productKey, shortName, '--allow', operation, ...description === '' ? [] : ['--about', description]],
    api: { action: 'CreateProductTopic', parameters: { ProductKey: productKey, TopicShortName: shortName, Operation: operation, ...description !== '' && { Desc: description } } },
  }
}

/** Deleting a category of topics. */
export function topicRemoveForms(productKey: string, { topicId, shortName }: Pick<TopicCategory, 'topicId' | 'shortName'>): CopyForms {
  return { cli: ['product', 'topic', 'remove', productKey, shortName], api: { action: 'DeleteProductTopic', parameters: { TopicId: String(topicId) } } }
}

/** Keeping a parsing script as a draft. */
export function scriptSaveForms(productKey: string, text: string): CopyForms {
  return { cli: ['product', 'script', 'save', productKey, '/dev/stdin'], input: text }
}

/** Letting devices use a parsing script. */
export function scriptSubmitForms(productKey: string, text: string): CopyForms {
  return {
    cli: ['product', 'script', 'submit', productKey, '/dev/stdin'],
    input: text,
    api: { action: 'UpdateThingScript', parameters: { ProductKey: productKey, ScriptType: 'JavaScript', ScriptContent: text } },
  }
}
