import type { ModelChange } from '../thing-model/changes.ts'
import type { ModelIssue } from '../thing-model/findings.ts'
import type { DataType } from '../thing-model/types.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { functionBlockIdSchema, productKeySchema } from './product.ts'

/** Platform rule: 1 to 16 letters, digits or dots. */
export const modelVersionSchema = z.string().regex(/^[A-Z0-9.]{1,16}$/i, 'expected 1 to 16 letters, digits or dots')

/** How a version came to be: published from the draft, imported from a file, or already there when versions began to be kept. */
export type VersionOrigin = 'draft' | 'import' | 'kept'

export interface ModelVersionSummary {
  version: string
  description: string
  publishedAt: number
  origin: VersionOrigin
  propertyCount: number
  eventCount: number
  serviceCount: number
  moduleCount: number
}

export interface ModelVersion extends ModelVersionSummary {
  /** One text for each module in the cloud's export form, the default module first. */
  documents: string[]
}

/** The one draft of a product's thing model, all modules together; while there is none, the published model stands in. */
export interface ModelDraft {
  documents: string[]
  /** Null while there is no draft. */
  savedAt: number | null
  /** The version that was the newest when the draft was begun; null when there was none. */
  basedOn: string | null
  /** The newest version now, which traffic is checked by; null while nothing is published. */
  published: string | null
  /** What has to be put right before it can be published. */
  issues: ModelIssue[]
  notices: string[]
  /** Against the published model; empty while the draft has issues. */
  changes: ModelChange[]
  /** What the next version is called when nobody gives it a name. */
  nextVersion: string
}

export interface PublishResult {
  version: string
  changes: ModelChange[]
  /** Old versions that had to go because no more are kept. */
  droppedVersions: string[]
  notices: string[]
}

/** A property as an earlier version had it, which the published model no longer has or has with another type. */
export interface FormerProperty {
  /** Identifier on the wire. */
  key: string
  name: string
  dataType: DataType
  /** The last version that had it. */
  version: string
}

const product = { productKey: productKeySchema }
const identifiers = z.array(z.string().min(1).max(64)).max(1_000).default([])
const sideSchema = z.union([z.literal('draft'), z.literal('published'), z.strictObject({ version: modelVersionSchema })])

export const modelMethods = {
  'model.draft': method({
    about: 'The draft of a product\'s thing model with what is wrong with it and what it changes; the published model while there is no draft.',
    input: z.strictObject(product),
    output: type<ModelDraft>(),
  }),
  'model.saveDraft': method({
    about: 'Keeps a draft, whatever is wrong with it, and says what that is; devices notice nothing.',
    input: z.strictObject({
      ...product,
      /** One text for each module. */
      documents: z.array(z.string().max(limits.modelDocumentsBytesMax)).min(1).max(1_000),
      /** When the caller's copy of the draft was saved, null for none: refused with model/draft-changed when somebody saved another since. */
      expectedSavedAt: z.number().nullable().optional(),
    }),
    output: type<ModelDraft>(),
  }),
  'model.edit': method({
    about: 'Adds features to a module of the draft, replaces some or takes some out, without the rest of it; begins a draft where there is none.',
    input: z.strictObject({
      ...product,
      /** A custom module, which is made when features are added to one that is not there; without it the default one. */
      functionBlockId: functionBlockIdSchema.optional(),
      /** Names a custom module that is made, or anew one that is there. */
      functionBlockName: z.string().min(1).max(64).optional(),
      change: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('add'), /** Features in the form `ThingModelJson`. */ features: z.string().max(limits.modelBytesMax) }),
        z.strictObject({
          kind: z.literal('replace'),
          features: z.string().max(limits.modelBytesMax),
          /** What the one feature in `features` replaces, when it has another identifier. */
          identifier: z.string().min(1).max(64).optional(),
        }),
        z.strictObject({ kind: z.literal('remove'), properties: identifiers, events: identifiers, services: identifiers }),
        /** Only the name of a custom module. */
        z.strictObject({ kind: z.literal('rename') }),
      ]),
    }),
    output: type<ModelDraft>(),
  }),
  'model.discardDraft': method({
    about: 'Throws the draft away; the published model stays.',
    input: z.strictObject(product),
    output: type<ModelDraft>(),
  }),
  'model.publish': method({
    about: 'Makes the draft the model that devices are checked by, as a new version.',
    input: z.strictObject({
      ...product,
      /** Without it, the last number of the newest version grows by one. */
      version: modelVersionSchema.optional(),
      description: z.string().trim().max(200).default(''),
    }),
    output: type<PublishResult>(),
  }),
  'model.versions': method({
    about: 'The published versions of a product\'s thing model, newest first.',
    input: z.strictObject(product),
    output: type<{ versions: ModelVersionSummary[], keptMax: number }>(),
  }),
  'model.version': method({
    about: 'One published version with its documents.',
    input: z.strictObject({ ...product, version: modelVersionSchema }),
    output: type<ModelVersion>(),
  }),
  'model.restore': method({
    about: 'Begins a draft from a published version.',
    input: z.strictObject({
      ...product,
      version: modelVersionSchema,
      /** Replace the draft that there is; without it that is refused. */
      replaceDraft: z.boolean().default(false),
    }),
    output: type<ModelDraft>(),
  }),
  'model.diff': method({
    about: 'What one state of a product\'s thing model adds to, takes from and changes in another.',
    input: z.strictObject({ ...product, from: sideSchema.default('published'), to: sideSchema.default('draft') }),
    output: type<ModelChange[]>(),
  }),
  'model.formerProperties': method({
    about: 'Properties that kept versions had and the published model no longer has, or has with another type.',
    input: z.strictObject(product),
    output: type<FormerProperty[]>(),
  }),
}
