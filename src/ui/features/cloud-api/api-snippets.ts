import type { ApiConnection } from '../../parts/copy-as/api-call.ts'
import { noKey, popCoreCall } from '../../parts/copy-as/api-call.ts'

export const snippetForms = ['iot', 'popCore', 'java'] as const
export type SnippetForm = (typeof snippetForms)[number]

/** The client libraries by the name that people know them by, and what has to be installed. */
export const clients: Record<SnippetForm, { name: string, needs: string }> = {
  iot: { name: '@alicloud/iot20180120', needs: 'npm install @alicloud/iot20180120 @alicloud/openapi-client' },
  popCore: { name: '@alicloud/pop-core', needs: 'npm install @alicloud/pop-core' },
  java: { name: 'Java', needs: 'com.aliyun:aliyun-java-sdk-core' },
}

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
