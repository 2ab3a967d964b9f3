import type { MethodInput, MethodName, MethodOutput } from '../../shared/contract/contract.ts'
import type { DeviceIdentity } from '../../shared/contract/device.ts'
import type { ActionGroup } from '../../shared/contract/openapi.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { Parameter, Parameters, ParameterValues } from './parameter.ts'
import { text } from './parameter.ts'

/**
 * The form of an answer, member by member, as the cloud's client libraries declare it: `s` text, `i` and `l` numbers, `b` a
 * boolean, a list of one form, or an object. Misspelled names and lists that are wrapped twice are the cloud's.
 */
export type AnswerShape = 's' | 'i' | 'l' | 'b' | readonly [AnswerShape] | { readonly [member: string]: AnswerShape }

/** What a handler returns for a shape: members that it has no value for are left out. */
export type AnswerOf<S> = S extends 's'
  ? string
  : S extends 'i' | 'l'
    ? number
    : S extends 'b'
      ? boolean
      : S extends readonly [infer Element]
        ? AnswerOf<Element>[]
        : { [K in keyof S]?: AnswerOf<S[K]> | undefined }

/** What a handler has besides its parameters. */
export interface ActionContext {
  /** Calls a method of the engine's contract, checked as a call of the page is. Throws AppError. */
  call: <M extends MethodName>(name: M, input: MethodInput<M>) => Promise<MethodOutput<M>>
  /** Epoch milliseconds. */
  now: () => number
  signal: AbortSignal
}

export interface DeviceActionContext extends ActionContext {
  /** The device that the call names by `IotId`, or by `ProductKey` and `DeviceName`; it exists. */
  device: DeviceIdentity & { iotId: string }
}

interface Declaration<P extends Parameters, S extends Record<string, AnswerShape>> {
  /** The cloud's name for it. */
  name: string
  group: ActionGroup
  /** What it does, in a sentence. */
  about: string
  /** In the order in which a form shows them. */
  parameters: P
  /** Besides `RequestId`, `Success`, `Code` and `ErrorMessage`. */
  answer: S
  /** The cloud has no such action; it is there because its console can do it and a test wants to. */
  isLocal?: boolean
  /** The cloud's code where this action has its own for an error of the engine. */
  errors?: Partial<Record<ErrorCode, string>>
  /** Names of parameters where they are not those of the contract's fields in upper camel case: `{ properties: 'Items' }`. */
  fields?: Record<string, string>
}

/** An action as the dispatcher, the page and the documentation see it. */
export interface Action extends Declaration<Parameters, Record<string, AnswerShape>> {
  takesDevice: boolean
  run: (values: Record<string, unknown>, context: DeviceActionContext) => Promise<object>
}

/** Declares an action. Its handler gets the parameters as values and returns the members of the answer. */
export function action<const P extends Parameters, const S extends Record<string, AnswerShape>>(
  declaration: Declaration<P, S> & { run: (values: ParameterValues<P>, context: ActionContext) => Promise<AnswerOf<S>> },
): Action {
  return { ...declaration, takesDevice: false } as unknown as Action
}

const deviceParameters = {
  IotId: text('The device by its IotId; wins over ProductKey and DeviceName.'),
  ProductKey: text('With DeviceName: the product of the device.'),
  DeviceName: text('With ProductKey: the name of the device.'),
} satisfies Record<string, Parameter>

/**
 * Declares an action on one device, which the call names by `IotId` or by `ProductKey` and `DeviceName`. These parameters are
 * added; a device that is not there is refused before the handler runs.
 */
export function deviceAction<const P extends Parameters, const S extends Record<string, AnswerShape>>(
  declaration: Declaration<P, S> & { run: (values: ParameterValues<P>, context: DeviceActionContext) => Promise<AnswerOf<S>> },
): Action {
  return { ...declaration, parameters: { ...deviceParameters, ...declaration.parameters }, takesDevice: true } as unknown as Action
}
