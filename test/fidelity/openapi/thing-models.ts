import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const file = 'integration/openapi-thing-models'
const documentTitle = 'are imported into the draft, published as versions, and told back as they came'
const moduleTitle = 'have custom modules, which are addressed by their ids'
const featureTitle = 'are added to the draft, replaced and deleted, and hold for devices once they are published'
const ownModuleTitle = 'are added to a custom module, which is made with the first and can be renamed'
const scriptTitle = 'run once they are made, are replaced, and are told in an address that holds the text'
const otherScriptTitle = 'are refused in other languages, and for a product that speaks Alink'
const code = 'The cloud\'s codes for refusals are not known; here it is iot.common.InvalidParameter with the place of the fault.'

/** Thing models and scripts, by action. */
export const thingModelsApi = {
  ImportThingModelTsl: partial('puts a module into the draft', `TslUrl is refused, because nothing is fetched from an address. ${code}`, [file, documentTitle, moduleTitle, 'are refused with the place of the fault, and are not fetched from an address']),
  GetThingModelTsl: partial('one module in the form of the console\'s export', 'The text is always in TslStr; there is no TslUri.', [file, documentTitle, moduleTitle]),
  GetThingModelTslPublished: partial('one module of a version in the form of the console\'s export', 'The text is always in TslStr; there is no TslUri.', [file, documentTitle]),
  PublishThingModel: partial('makes the draft a version that devices are checked by', 'Without a draft it is refused; whether the cloud publishes the same model again is not known.', [file, documentTitle]),
  ListThingModelVersion: exact('the published versions, newest first', [file, documentTitle]),
  CopyThingModel: exact('makes the model of one product the draft of another', [file, 'are copied into the draft of another product']),
  CreateThingModel: partial('adds features to the draft', code, [file, featureTitle, ownModuleTitle, 'are refused with their place, what was expected and what came, and the draft stays as it was', 'are all added when programs add them at the same time']),
  UpdateThingModel: partial('replaces a feature of the draft', code, [file, featureTitle, ownModuleTitle]),
  DeleteThingModel: partial('takes features out of the draft', `When one of them is not there, none is taken out. ${code}`, [file, featureTitle]),
  QueryThingModel: partial('one module in the form ThingModelJson', 'Every feature is told as custom, there is no configCode, and the type long of industrial models is written LONG.', [file, featureTitle, moduleTitle], ['unit/shared/thing-model/thing-model-json', 'writes each type in the form that the cloud\'s manual describes, keys in alphabetical order']),
  QueryThingModelPublished: partial('one module of a version in the form ThingModelJson', 'Every feature is told as custom, there is no configCode, and the type long of industrial models is written LONG.', [file, featureTitle]),
  CreateThingScript: partial('gives a product its parsing script', 'Only JavaScript is there; a script that the product has already is replaced.', [file, scriptTitle, otherScriptTitle]),
  UpdateThingScript: partial('replaces the parsing script of a product', 'Only JavaScript is there; a product that has no script yet gets it.', [file, scriptTitle, otherScriptTitle]),
  GetThingScript: partial('the parsing script that runs', 'ScriptUrl is a data: address, which holds the text itself and never expires.', [file, scriptTitle]),
} satisfies Record<string, Call>
