import type { DeviceCertificate } from '../../../../shared/contract/device.ts'
import type { ConnectFacts, Endpoint } from '../connect-snippets.ts'

/** What a board is given to come here. */
export interface SnippetInput extends Endpoint {
  certificate: DeviceCertificate
  /** For tools that sign nothing themselves. */
  facts: ConnectFacts
  /** The root certificate as a constant of C called `thingbench_ca_cert`. */
  rootCString: string
  /** The properties of the first report, as JSON. */
  params: string
}

/** The topics of a first conversation: a report and its answer, a command and the answer to that. */
export function topicsOf({ productKey, deviceName }: DeviceCertificate): { post: string, postReply: string, set: string, setReply: string } {
  const thing = `/sys/${productKey}/${deviceName}/thing`
  return {
    post: `${thing}/event/property/post`,
    postReply: `${thing}/event/property/post_reply`,
    set: `${thing}/service/property/set`,
    setReply: `${thing}/service/property/set_reply`,
  }
}

/** A first report of properties. */
export function firstPost(params: string): string {
  return `{"id":"1","version":"1.0","params":${params},"method":"thing.event.property.post"}`
}

/** A text as a literal of C, Python and JavaScript alike. */
export function literal(text: string): string {
  return JSON.stringify(text)
}
