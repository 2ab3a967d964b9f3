import { expect, it, onTestFinished } from 'vitest'
import { createScriptRunner } from '../../../../src/engine/script/script-runner.ts'
import { realClock } from '../../../../src/host/real-clock.ts'
import { parseThingModel } from '../../../../src/shared/thing-model/parse.ts'
import { sampleScript } from '../../../../src/shared/thing-model/sample-script.ts'

const dataTypes = {
  Count: { type: 'int', specs: {} },
  Serial: { type: 'long', specs: {} },
  Level: { type: 'float', specs: {} },
  Exact: { type: 'double', specs: {} },
  Switch: { type: 'bool', specs: { 0: 'off', 1: 'on' } },
  Mode: { type: 'enum', specs: { 1: 'a', 300: 'b' } },
  Label: { type: 'text', specs: { length: '64' } },
  Since: { type: 'date', specs: {} },
  Place: { type: 'struct', specs: [{ identifier: 'x', name: 'x', dataType: { type: 'int', specs: {} } }] },
  Samples: { type: 'array', specs: { size: '3', item: { type: 'int' } } },
}

it('carries a value of every type to the device and back', async () => {
  const properties = Object.entries(dataTypes).map(([identifier, dataType]) => ({ identifier, name: identifier, accessMode: 'rw', required: false, dataType }))
  const { model } = parseThingModel(JSON.stringify({ profile: {}, properties, events: [], services: [] }), { applyLimits: false })
  const runner = createScriptRunner({ clock: realClock })
  onTestFinished(() => runner.close())
  const call = (functionName: string, arg: string) => runner.run({ scriptId: 's', text: sampleScript(model!), functionName, args: [arg], now: 0 })
  const params = '{"Count":-5,"Serial":-9007199254740993,"Level":21.4,"Exact":0.1,"Switch":1,"Mode":300,"Label":"ä中😀","Since":"1735689600000","Place":{"x":1},"Samples":[1,2,3]}'
  const set = await call('protocolToRawData', `{"method":"thing.service.property.set","id":"2147483647","params":${params},"version":"1.0.0"}`)
  const bytes = JSON.parse(set.value!) as number[]
  // A report has the same form as a set.
  const report = await call('rawDataToProtocol', JSON.stringify([0, ...bytes.slice(1)]))
  expect(report.value).toBe(`{"method":"thing.event.property.post","version":"1.0","id":"2147483647","params":${params}}`)
})

it('carries everything else as JSON text', async () => {
  const runner = createScriptRunner({ clock: realClock })
  onTestFinished(() => runner.close())
  const message = '{"id":"1","code":200,"data":{"text":"ä"},"message":"success"}'
  const written = await runner.run({ scriptId: 's', text: sampleScript(null), functionName: 'protocolToRawData', args: [message], now: 0 })
  expect(Buffer.from(JSON.parse(written.value!) as number[]).subarray(1).toString()).toBe(message)
  expect((await runner.run({ scriptId: 's', text: sampleScript(null), functionName: 'rawDataToProtocol', args: [written.value!], now: 0 })).value).toBe(message)
})
