import { shellWord } from '../../kit/shell-word.ts'
/** Where a server program finds the API, and the key that signs its calls. */
export interface ApiConnection {
  /** Base address of the listener: `http://127.0.0.1:8880`. */
  url: string
  accessKeyId: string
  accessKeySecret: string
}

export const snippetForms = ['iot', 'popCore', 'java'] as const
export type SnippetForm = (typeof snippetForms)[number]

/** The client libraries by the name that people know them by, and what has to be installed. */
export const clients: Record<SnippetForm, { name: string, needs: string }> = {
  iot: { name: '@alicloud/iot20180120', needs: 'npm install @alicloud/iot20180120 @alicloud/openapi-client' },
  popCore: { name: '@alicloud/pop-core', needs: 'npm install @alicloud/pop-core' },
  java: { name: 'Java', needs: 'com.aliyun:aliyun-java-sdk-core' },
}

/** The words that stand for a key where there is none yet. */
export const noKey = { accessKeyId: 'ACCESS_KEY_ID', accessKeySecret: 'ACCESS_KEY_SECRET' }

/** A snippet as it is shown: it is copied with the secret. */
export function hideSecret(snippet: string, { accessKeySecret }: ApiConnection): string {
  return accessKeySecret === noKey.accessKeySecret ? snippet : snippet.replaceAll(accessKeySecret, '••••••••')
}

function addressOf(url: string): { host: string, protocol: string } {
  const { host, protocol } = new URL(url)
  return { host, protocol: protocol.slice(0, -1).toUpperCase() }
}

/** The client with a type for every action. */
function iotSnippet({ url, accessKeyId, accessKeySecret }: ApiConnection): string {
  const { host, protocol } = addressOf(url)
  return `const { default: Client, QueryProductListRequest } = require('@alicloud/iot20180120')
const { Config } = require('@alicloud/openapi-client')

const client = new Client(new Config({
  accessKeyId: '${accessKeyId}',
  accessKeySecret: '${accessKeySecret}',
  endpoint: '${host}',
  protocol: '${protocol}',
  regionId: 'cn-shanghai',
}))

client.queryProductList(new QueryProductListRequest({ currentPage: 1, pageSize: 10 }))
  .then(({ body }) => console.log(body.data.list.productInfo), console.error)
`
}

/** The client that calls every action by its name. */
function popCoreSnippet(connection: ApiConnection): string {
  return popCoreCall('QueryProductList', { CurrentPage: '1', PageSize: '10' }, connection)
}

function javaSnippet({ url, accessKeyId, accessKeySecret }: ApiConnection): string {
  const { host, protocol } = addressOf(url)
  return `DefaultProfile profile = DefaultProfile.getProfile("cn-shanghai",
    "${accessKeyId}", "${accessKeySecret}");
IAcsClient client = new DefaultAcsClient(profile);

CommonRequest request = new CommonRequest();
request.setSysProtocol(ProtocolType.${protocol});
request.setSysMethod(MethodType.POST);
request.setSysDomain("${host}");
request.setSysVersion("2018-01-20");
request.setSysAction("QueryProductList");
request.putQueryParameter("CurrentPage", "1");
request.putQueryParameter("PageSize", "10");
System.out.println(client.getCommonResponse(request).getData());
`
}

/** The lines that point a server program at the bench. */
export function connectSnippet(form: SnippetForm, connection: ApiConnection): string {
  return { iot: iotSnippet, popCore: popCoreSnippet, java: javaSnippet }[form](connection)
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll('\'', '\\\'').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}

/** A call as a program for Node.js that makes it. */
export function popCoreCall(action: string, parameters: Readonly<Record<string, string>>, { url, accessKeyId, accessKeySecret }: ApiConnection): string {
  const lines = Object.entries(parameters).map(([name, value]) => `  ${/^[A-Z]\w*$/i.test(name) ? name : quoted(name)}: ${quoted(value)},\n`)
  return `const Core = require('@alicloud/pop-core')

const client = new Core({
  accessKeyId: '${accessKeyId}',
  accessKeySecret: '${accessKeySecret}',
  endpoint: '${url}',
  apiVersion: '2018-01-20',
})

client.request('${action}', {${lines.length === 0 ? '' : `\n${lines.join('')}`}}, { method: 'POST' })
  .then(answer => console.dir(answer, { depth: null }), console.error)
`
}

/** A call as a command of the command line. */
export function commandLineCall(action: string, parameters: Readonly<Record<string, string>>): string {
  return ['thingbench api call', shellWord(action), ...Object.entries(parameters).map(([name, value]) => shellWord(`${name}=${value}`))].join(' ')
}
