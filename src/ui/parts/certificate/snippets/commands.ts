import type { SnippetInput } from './snippet.ts'
import { shellWord } from '../../../kit/shell-word.ts'
import { rootFileName } from '../connect-snippets.ts'
import { firstPost, topicsOf } from './snippet.ts'

/** What a command has to be told to connect as a device. */
export type Login = Pick<SnippetInput, 'facts' | 'host' | 'port' | 'secure'>

/** The options of the MQTTX command line that connect as a device, up to the end of a line that goes on. */
export function mqttxLogin({ facts, host, port, secure }: Login): string {
  return `-V 3.1.1 -h ${shellWord(host)} -p ${port} -k 60${secure ? ` -l mqtts --ca ${rootFileName}` : ''} \\
  -i ${shellWord(facts.clientId)} \\
  -u ${shellWord(facts.username)} \\
  -P ${facts.password} \\`
}

/** The options of mosquitto's clients that connect as a device, up to the end of a line that goes on. */
export function mosquittoLogin({ facts, host, port, secure }: Login): string {
  return `-V mqttv311 -h ${shellWord(host)} -p ${port} -k 60${secure ? ` --cafile ${rootFileName}` : ''} \\
  -i ${shellWord(facts.clientId)} \\
  -u ${shellWord(facts.username)} \\
  -P ${facts.password} \\`
}

/**
 * Two lines for the MQTTX command line: one that posts a report, one that connects and stays. One device has one
 * connection, so the second ends the first if that still runs.
 */
export function mqttxSnippet({ certificate, facts, host, port, secure, params }: SnippetInput): string {
  const { post, postReply, set } = topicsOf(certificate)
  const login = mqttxLogin({ facts, host, port, secure })
  return `# Post a report once
mqttx pub ${login}
  -q 1 -t ${shellWord(post)} \\
  -m ${shellWord(firstPost(params))}

# Or connect, stay and show what the platform sends
mqttx sub ${login}
  -q 1 -t ${shellWord(postReply)} ${shellWord(set)}
`
}

/** Lines for mosquitto's clients: one that posts a report and shows the answer, one that connects and stays. */
export function mosquittoSnippet({ certificate, facts, host, port, secure, params }: SnippetInput): string {
  const { post, postReply, set } = topicsOf(certificate)
  const login = mosquittoLogin({ facts, host, port, secure })
  return `# Post a report once
mosquitto_pub ${login}
  -q 1 -t ${shellWord(post)} \\
  -m ${shellWord(firstPost(params))}

# Or post it and show what the platform answers
mosquitto_rr ${login}
  -q 1 -t ${shellWord(post)} \\
  -e ${shellWord(postReply)} \\
  -m ${shellWord(firstPost(params))}

# Or connect, stay and show what the platform sends
mosquitto_sub ${login}
  -q 1 -v -t ${shellWord(postReply)} \\
  -t ${shellWord(set)}
`
}
