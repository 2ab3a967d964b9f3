import type { MqttClient } from 'mqtt'
import type { Bench, Cause, Causes } from './bench.ts'
import { everyTypeModel } from '../every-type-product.ts'
import { connectDevice } from '../mqtt-device.ts'
import { scriptOf } from '../raw-product.ts'
import { recordOf } from './bench.ts'

const endless = 'function rawDataToProtocol() { while (true); }\nfunction protocolToRawData() { return [1] }'

interface RawDevice { productKey: string, client: MqttClient, report: () => Promise<unknown> }

/** A product with a custom format and this script, and a device of it on line, both named after the device of the bench. */
async function openRawDevice({ api, mqtt, deviceName }: Bench, script?: string): Promise<RawDevice> {
  const productKey = `a1Raw${deviceName.slice(-3)}`
  await api.call('product.create', { name: 'Raw', productKey, dataFormat: 'raw' })
  await api.call('product.importModel', { text: JSON.stringify(everyTypeModel), productKey })
  if (script !== undefined)
    await api.call('script.submit', { productKey, text: script })
  const { certificates } = await api.call('device.create', { productKey, deviceName })
  const { client } = await connectDevice(mqtt, certificates[0]!)
  return { productKey, client, report: () => client.publishAsync(`/sys/${productKey}/${deviceName}/thing/model/up_raw`, 'x', { qos: 1 }) }
}

const report = (script: string, names: RegExp): Cause => ({ provoke: async bench => (await openRawDevice(bench, script)).report(), names })
function set(script: string | undefined, names: RegExp): Cause {
  return { provoke: async (bench) => {
    const { productKey } = await openRawDevice(bench, script)
    await bench.api.call('device.setProperties', { productKey, deviceName: bench.deviceName, properties: { Int: 1 } }).catch(() => {})
  }, names }
}

/** Products with a custom data format, and their scripts. */
export const scriptCauses: Causes = {
  'CALL/6200': set(undefined, /Product a1Raw\d+ has a custom data format and no parsing script/),
  'CALL/6201': set(scriptOf('{}', 'null'), /protocolToRawData returned null/),
  'REP/6300': report(scriptOf('({ id: "1", method: "", params: {} })'), /"method": expected a text such as .*, got ""/),
  'REP/6450': report(scriptOf('({ id: "7", params: {} })'), /no "method": got \{"id":"7","params":\{\}\}/),
  'SCR/26001': { provoke: async (bench) => {
    const { productKey, report: say } = await openRawDevice(bench)
    await bench.api.call('script.save', { productKey, text: scriptOf('{}') })
    await say()
  }, names: /script of product a1Raw\d+ is only a draft/ },
  'SCR/26002': report(scriptOf('nothing.x'), /'?nothing'? is not defined/),
  'SCR/26006': report('function rawDataToProtocol() { return {} }', /define the function protocolToRawData/),
  'SCR/26007': report(scriptOf('[1]'), /rawDataToProtocol has to return a JSON object, got \[1\]/),
  'SCR/26003': report(endless, /did not come to an end within 3 s/),
  'SCR/26010': { provoke: async (bench) => {
    const { report: say } = await openRawDevice(bench, endless)
    await say()
    await recordOf(bench, 'SCR/26003')
    // Each of them takes three seconds, so they come faster than they can go.
    await Promise.all(Array.from({ length: 40 }, say))
  }, names: /20 runs of it wait already, because it is slow/ },
}
