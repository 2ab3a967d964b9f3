import type { ApiClient } from '../../../../src/shared/contract/contract.ts'
import type { Language } from '../../../../src/shared/thing-model/explanation.ts'
import { expect, it } from 'vitest'
import { sayError } from '../../../../src/shared/error-words.ts'
import { AppError, errorCodes } from '../../../../src/shared/errors.ts'
import { explainCode } from '../../../../src/shared/thing-model/explain.ts'
import { sayFailures } from '../../../../src/ui/session/page-language.ts'

it('puts the meaning of the code, in the language of the page, before the sentence of the engine', async () => {
  const failure = new AppError('device/unreachable', 'The device kitchen is offline (9201).', { platformCode: 9201 })
  const engine: ApiClient = { call: () => Promise.reject(failure), subscribe: () => Promise.reject(new AppError('fleet/not-found', 'No fleet has the id 7.')), close: () => {} }
  let language: Language = 'en'
  const api = sayFailures(engine, () => language)
  await expect(api.call('product.list', {})).rejects.toMatchObject({ code: 'device/unreachable', message: 'The device kitchen is offline (9201).' })
  language = 'zh'
  await expect(api.call('product.list', {})).rejects.toMatchObject({ code: 'device/unreachable', message: `${explainCode(9201, 'zh').title}：The device kitchen is offline (9201).`, details: { platformCode: 9201 } })
  await expect(api.subscribe('trace.tail', { filter: {} }, () => {})).rejects.toMatchObject({ message: '设备群不存在：No fleet has the id 7.' })
})

it('has words for every code', () => {
  for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[])
    expect(sayError({ code, message: 'M', details: {} }, 'zh')).toMatch(/^[^:/ ]\D+：M$/)
})
