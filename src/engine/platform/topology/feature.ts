import type { RequestFamily } from '../answer-request.ts'
import type { FeatureHandlers } from '../feature.ts'
import type { TopologyContext } from './types.ts'
import { buildReply } from '../../../shared/alink/envelope.ts'
import { buildSessionReply } from '../../../shared/alink/session.ts'
import { methodOfTopic } from '../../../shared/alink/topic.ts'
import { answerRequest } from '../answer-request.ts'
import { addRelations, deleteRelations, getRelations, noteFound, registerByProduct, registerSubDevices, unregisterSubDevices } from './handle.ts'
import { batchLogin, batchLogout, login, logout } from './session-handle.ts'

const topologyFamily: RequestFamily = { bizCode: 'ThingTopo', operation: methodOfTopic, buildReply }

/** Below `/ext/session` there is no method; the trace shows the end of the topic in its place: `combine.login`. */
const sessionFamily: RequestFamily = { bizCode: 'ThingTopo', operation: topic => topic.split('/').slice(5).join('.'), buildReply: buildSessionReply }

/** Gateways register, add, list, log in and log out their sub-devices (Alink 2.3, 2.4 and 3). */
export function topologyHandlers(context: TopologyContext): FeatureHandlers {
  return {
    'topo.add': message => answerRequest(message, request => addRelations(context, message.device, request, message.receivedAt), topologyFamily),
    'topo.delete': message => answerRequest(message, request => deleteRelations(context, message.device, request), topologyFamily),
    'topo.get': message => answerRequest(message, () => getRelations(context, message.device), topologyFamily),
    'topo.found': message => answerRequest(message, request => noteFound(context, request), topologyFamily),
    'sub.register': message => answerRequest(message, request => registerSubDevices(context, message.device, request), topologyFamily),
    'sub.unregister': message => answerRequest(message, request => unregisterSubDevices(context, message.device, request), topologyFamily),
    'sub.productRegister': message => answerRequest(message, request => registerByProduct(context, message.device, request), topologyFamily),
    'session.login': message => answerRequest(message, request => login(context, message.device, request), sessionFamily),
    'session.batchLogin': message => answerRequest(message, request => batchLogin(context, message.device, request), sessionFamily),
    'session.logout': message => answerRequest(message, request => logout(context, message.device, request), sessionFamily),
    'session.batchLogout': message => answerRequest(message, request => batchLogout(context, message.device, request), sessionFamily),
  }
}
