import { expect, it } from 'vitest'
import { buildGatewayPermit, buildTopologyChange, buildTopologyNotify, parseProxyClaims } from '../../../../src/shared/alink/topology.ts'

const gateway = { productKey: 'g1', deviceName: 'gate' }
const sub = { productKey: 's1', deviceName: 'meter-03' }

it('writes the notices to a gateway', () => {
  expect([
    buildTopologyChange(gateway, 'disabled', [sub], '3202'),
    buildTopologyNotify(gateway, [sub], '3201'),
    buildGatewayPermit(gateway, 's1', 60, '3203'),
  ]).toEqual([
    { topic: '/sys/g1/gate/thing/topo/change', payload: '{"method":"thing.topo.change","id":"3202","params":{"status":8,"subList":[{"deviceName":"meter-03","productKey":"s1"}]},"version":"1.0"}' },
    { topic: '/sys/g1/gate/thing/topo/add/notify', payload: '{"method":"thing.topo.add.notify","id":"3201","params":[{"deviceName":"meter-03","productKey":"s1"}],"version":"1.0"}' },
    { topic: '/sys/g1/gate/thing/gateway/permit', payload: '{"method":"thing.gateway.permit","id":"3203","params":{"productKey":"s1","time":60},"version":"1.0"}' },
  ])
})

it('reads the claims of a registration by product, and says what is wrong', () => {
  const claim = { ...sub, random: '88f1', signMethod: 'hmacSha256', sign: 'AB' }
  expect(parseProxyClaims({ proxieds: [claim, { ...claim, random: 7 }] })).toEqual([claim, { ...claim, random: '7' }])
  for (const [params, expected] of [[{}, 'params.proxieds'], [{ proxieds: [{ ...claim, random: null }] }, 'random'], [{ proxieds: [{ ...claim, sign: '' }] }, 'sign'], [{ proxieds: [{ sign: 'x' }] }, 'productKey']] as const)
    expect(parseProxyClaims(params as never)).toMatchObject({ expected: expect.stringContaining(expected) })
})
