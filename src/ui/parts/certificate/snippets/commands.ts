import type { SnippetInput } from './snippet.ts'
import { shellWord } from '../../../kit/shell-word.ts'
import { rootFileName } from '../connect-snippets.ts'
import { firstPost, topicsOf } from './snippet.ts'

/**
 * Two lines for the MQTTX command line: one that posts a report, one that connects and stays. One device has one
 * connection, so the second ends the first if that still runs.
 */
export function mqttxSnippet({ certificate, facts, host, port, secure, params }: SnippetInput): string {
  const { post, postReply, set } = topicsOf(certificate)
  const login = `-V 3.1.1 -h ${shellWord(host)} -p ${port} -k 60${secure ? ` -l mqtts --ca ${rootFileName}` : ''} \\
  -i ${shellWord(facts.clientId)} \\
  -u ${shellWord(facts.username)} \\
  -P ${facts.password} \\`
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
  const login = `-V mqttv311 -h ${shellWord(host)} -p ${port} -k 60${secure ? ` --cafile ${rootFileName}` : ''} \\
  -i ${shellWord(facts.clientId)} \\
  -u ${shellWord(facts.username)} \\
  -P ${facts.password} \\`
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
