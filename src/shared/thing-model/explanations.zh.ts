import type { Explanation } from './explanation.ts'

/** Chinese explanations of the same codes as {@link explanationsEn}. */
export const explanationsZh: Readonly<Record<number, Explanation>> = {
  200: {
    title: '成功',
    likelyCause: '一切正常。',
    whatToCheck: '无需检查。',
  },
  400: {
    title: '请求失败',
    likelyCause: '设备表示无法执行该请求。',
    whatToCheck: '设备日志，以及固件对该命令的处理。',
  },
  403: {
    title: '被拒绝',
    likelyCause: '设备订阅了无权订阅的 Topic。',
    whatToCheck: 'Topic 中的 ProductKey 和 DeviceName，以及该 Topic 是否允许订阅。',
  },
  427: {
    title: '被另一个连接踢下线',
    likelyCause: '另一个连接使用相同身份登录：同一证书烧录到了两台设备，或同一设备短暂断线后重连（后者无害）。',
    whatToCheck: '证书是否被重复使用；若反复出现，检查设备的电源和网络。',
  },
  429: {
    title: '请求过多',
    likelyCause: '短时间内的消息超过允许的数量。',
    whatToCheck: '设备发送的频率。',
  },
  460: {
    title: '参数缺失或格式错误',
    likelyCause: '消息缺少 id，params 缺失、为空或不是对象，或 CONNECT 的 clientId 无法解析。',
    whatToCheck: '对照 Alink 格式 {"id":"1","version":"1.0","params":{…}} 检查消息。',
  },
  500: {
    title: '内部错误',
    likelyCause: '平台出错，与设备无关。',
    whatToCheck: 'Thingbench 的日志；请作为缺陷反馈。',
  },
  521: {
    title: '设备已删除',
    likelyCause: '设备在线时被删除。',
    whatToCheck: '产品的设备列表。',
  },
  522: {
    title: '设备已禁用',
    likelyCause: '设备被禁用。',
    whatToCheck: '设备状态；重新启用设备。',
  },
  1901: {
    title: '写缓冲区已满，未发送',
    likelyCause: '链路较慢，或设备读取不及时。',
    whatToCheck: '网络速度，以及设备处理消息的速度。',
  },
  1902: {
    title: '传输过程中网络异常',
    likelyCause: '消息发送途中连接断开。',
    whatToCheck: '设备的网络。',
  },
  1903: {
    title: 'Topic 格式错误',
    likelyCause: 'Topic 含空层级或通配符、未以斜杠开头，或过长。',
    whatToCheck: 'Topic 的文本。',
  },
  1904: {
    title: '没有对应请求的响应',
    likelyCause: '响应过晚、重复，或其 id、Topic 与任何命令都不匹配。',
    whatToCheck: '固件是否及时、只回复一次、使用正确的 Topic，并原样返回命令的 id（文本）。',
  },
  1905: {
    title: '未及时响应',
    likelyCause: '设备收到命令但没有回复，或回复使用了其他 Topic 或 id。',
    whatToCheck: '设备对该命令的处理；以及随后出现的 1904 记录。',
  },
  1910: {
    title: '离线：心跳超时',
    likelyCause: '超过 1.5 倍保活时间未收到设备的任何数据，设备需要重连。',
    whatToCheck: '客户端的保活时间，以及空闲或休眠时是否发送心跳。',
  },
  1911: {
    title: '离线：连接断开',
    likelyCause: '连接未发送 DISCONNECT 就结束：程序退出、防火墙或路由器切断空闲连接，或网络不稳定。',
    whatToCheck: '设备能否自行恢复；若频繁出现，检查防火墙、路由器和超时设置。',
  },
  1951: {
    title: '设备发来未知消息',
    likelyCause: '设备发送了平台不认识的内容，例如 MQTT 在该处不允许的报文。',
    whatToCheck: '设备的 MQTT 库及其版本。',
  },
  2043: {
    title: 'Token 不被接受',
    likelyCause: '设备使用 Token 登录，而 Token 已过期、损坏或此处不可用。',
    whatToCheck: 'clientId 中的 authType 和 securemode；请使用 DeviceSecret 登录。',
  },
  5092: {
    title: '物模型中没有该属性',
    likelyCause: '属性未定义；自定义模块的属性应写作 {模块}:{属性}。',
    whatToCheck: '属性的拼写，以及冒号前的模块标识。',
  },
  5094: {
    title: '物模型中没有该服务',
    likelyCause: '服务或其参数未定义；自定义模块的服务应写作 {模块}:{服务}。',
    whatToCheck: '服务和参数的拼写。',
  },
  5096: {
    title: '物模型中没有该事件',
    likelyCause: '事件或其输出参数未定义；自定义模块的事件应写作 {模块}:{事件}。',
    whatToCheck: '事件和参数的拼写。',
  },
  5490: {
    title: '物模型模块不存在',
    likelyCause: '冒号前的标识不是该产品的自定义模块；默认模块的属性不带前缀。',
    whatToCheck: '模块标识，或是否本不该有冒号。',
  },
  6100: {
    title: '设备不存在',
    likelyCause: '设备从未创建，或已被删除。',
    whatToCheck: '用户名 {deviceName}&{productKey} 中 ProductKey 和 DeviceName 的拼写。',
  },
  6104: {
    title: '单次请求的属性过多',
    likelyCause: '设备一次查询或删除的期望值超过云端上限。',
    whatToCheck: '拆分请求：每次最多 200 个属性。',
  },
  6106: {
    title: '单次上报的属性过多',
    likelyCause: '一次上报最多包含 200 个属性。',
    whatToCheck: '设备如何组织上报；请拆分。',
  },
  6203: {
    title: 'Topic 无法解析',
    likelyCause: '平台没有这种形式的 Topic。',
    whatToCheck: '逐级检查 Topic。',
  },
  6204: {
    title: '设备已禁用',
    likelyCause: '设备被禁用，禁用的设备不能连接。',
    whatToCheck: '设备状态；重新启用设备。',
  },
  6206: {
    title: '服务不存在',
    likelyCause: '产品没有该标识符的服务，或尚无物模型。',
    whatToCheck: '服务标识符、其中的不可见字符，以及产品的物模型。',
  },
  6207: {
    title: '不是 JSON',
    likelyCause: '消息体不是 JSON 对象：缺少引号或括号、使用了单引号、消息被截断，或是二进制数据。',
    whatToCheck: '消息的原始字节；若结尾缺失，检查固件的缓冲区大小。',
  },
  6208: {
    title: '设备已禁用',
    likelyCause: '对已禁用的设备设置属性或调用服务。',
    whatToCheck: '启用该设备。',
  },
  6287: {
    title: '签名错误',
    likelyCause: '计算密码所用的文本、密钥或哈希算法与 clientId 中声明的不一致。',
    whatToCheck: '被签名的文本（见消息内容）、DeviceSecret，以及 clientId 中的 signmethod 和 timestamp。',
  },
  6292: {
    title: '不支持的签名方法',
    likelyCause: 'clientId 中的 signmethod 不是 hmacmd5、hmacsha1 或 hmacsha256。',
    whatToCheck: 'CONNECT 的 clientId。',
  },
  6300: {
    title: '缺少 method',
    likelyCause: 'Alink 消息没有 "method"。',
    whatToCheck: '消息内容；若产品有数据解析脚本，检查脚本的输出。',
  },
  6302: {
    title: '缺少必需参数',
    likelyCause: '请求缺少物模型要求的参数。',
    whatToCheck: '物模型中该服务的输入参数。',
  },
  6304: {
    title: '结构体中没有该成员',
    likelyCause: '结构体包含物模型未定义的成员。',
    whatToCheck: '结构体成员的名称，区分大小写。',
  },
  6306: {
    title: '不是合法的 int',
    likelyCause: '值是文本或小数，或超出取值范围。',
    whatToCheck: '属性的类型和范围；数字不加引号。',
  },
  6307: {
    title: '不是合法的 float',
    likelyCause: '值不是数字，或超出取值范围。',
    whatToCheck: '属性的类型和范围；数字不加引号。',
  },
  6308: {
    title: '不是合法的 bool',
    likelyCause: 'bool 在报文中是数字 0 或 1，不是 true、false 或文本。',
    whatToCheck: '固件如何写入该值。',
  },
  6309: {
    title: '不是合法的枚举值',
    likelyCause: '该数字不在定义的取值中，或发送了取值的名称而不是数字。',
    whatToCheck: '物模型中该枚举的取值。',
  },
  6310: {
    title: '不是合法的文本',
    likelyCause: '值不是文本，或过长；长度按 UTF-8 字节计算，一个汉字占三个字节。',
    whatToCheck: '物模型中的长度，以及是否误发了缓冲区中的多余内容。',
  },
  6311: {
    title: '不是合法的日期',
    likelyCause: '日期是毫秒时间戳文本，例如 "1735689600000"；不是数字，也不是书写的日期。',
    whatToCheck: '固件如何写入该值。',
  },
  6312: {
    title: '不是合法的结构体',
    likelyCause: '值不是对象，或缺少成员。',
    whatToCheck: '物模型中结构体的成员。',
  },
  6314: {
    title: '物模型中的类型不受支持',
    likelyCause: '导入的物模型使用了平台不认识的数据类型。',
    whatToCheck: '文件中该属性的 dataType。',
  },
  6317: {
    title: '物模型无效',
    likelyCause: '物模型被手工修改或已损坏。',
    whatToCheck: '重新导入物模型。',
  },
  6320: {
    title: '未知属性',
    likelyCause: '产品的物模型中没有这个名称的属性。',
    whatToCheck: '拼写（区分大小写）；或在物模型中添加该属性。',
  },
  6322: {
    title: '不是合法的 double',
    likelyCause: '值不是数字，或超出取值范围。',
    whatToCheck: '属性的类型和范围；数字不加引号。',
  },
  6324: {
    title: '数组元素错误',
    likelyCause: '某个元素不符合元素定义，或元素过多。',
    whatToCheck: '物模型中数组的元素类型和大小。',
  },
  6325: {
    title: '不支持的元素类型',
    likelyCause: '数组元素只能是 int、float、double、text 或 struct。',
    whatToCheck: '物模型中的数组。',
  },
  6326: {
    title: '数据时间无效',
    likelyCause: '历史数据没有 13 位的时间，或时间超前一天以上。',
    whatToCheck: '每个值的 "time"：毫秒时间戳（数字）。',
  },
  6328: {
    title: '不是数组',
    likelyCause: '物模型要求数组，收到的是其他类型。',
    whatToCheck: '固件如何写入该值：即使只有一个元素也应写作 […]。',
  },
  6329: {
    title: '物模型中的数组无效',
    likelyCause: '数组缺少元素类型，或大小错误。',
    whatToCheck: '文件中数组的 specs.size 和 specs.item。',
  },
  6330: {
    title: '不是合法的 long',
    likelyCause: '值不是 64 位整数，或超出取值范围。',
    whatToCheck: '属性的类型和范围。',
  },
  6332: {
    title: '输入不符合物模型',
    likelyCause: '例如给只读属性赋值。',
    whatToCheck: '属性的读写类型和定义。',
  },
  6335: {
    title: '属性设置的回复带有数据',
    likelyCause: '设备把新值放进了回复的 "data"，而它必须为空。',
    whatToCheck: '回复 {"id":…,"code":200,"data":{}}，并用 property/post 上报新值。',
  },
  6356: {
    title: '打包消息的事件过多',
    likelyCause: '打包消息中某个设备的事件超过 200 个。',
    whatToCheck: '拆分打包消息。',
  },
  6357: {
    title: '打包消息的子设备过多',
    likelyCause: '网关在一条消息中打包了超过 20 个子设备。',
    whatToCheck: '拆分打包消息。',
  },
  6401: {
    title: '拓扑关系不存在',
    likelyCause: '网关代表了一个不属于它的子设备。',
    whatToCheck: '消息中的设备标识，以及该网关下的子设备列表。',
  },
  6831: {
    title: 'Topic 或 method 不符合 Alink',
    likelyCause: 'Topic 的开头像平台的系统 Topic，但并不是。',
    whatToCheck: 'Topic 的拼写。',
  },
  9200: {
    title: '设备未激活',
    likelyCause: '设备从未连接过，因此无法向其发送消息。',
    whatToCheck: '让设备连接一次。',
  },
  9201: {
    title: '设备离线',
    likelyCause: '发送消息时设备未连接。',
    whatToCheck: '设备状态及其离线原因。',
  },
  9236: {
    title: 'Topic 无权限',
    likelyCause: '设备只能使用带有自己 ProductKey 和 DeviceName 的 Topic，且方向必须正确。',
    whatToCheck: 'Topic 中的 ProductKey 和 DeviceName；自定义 Topic 的操作权限。',
  },
  9320: {
    title: '消息体不可接受',
    likelyCause: '消息体超过 256 KB，或其格式不被该 Topic 允许。',
    whatToCheck: '消息体的大小和内容。',
  },
  78117: {
    title: '文件超过 16 MB',
    likelyCause: '通过 MQTT 上传的文件最大 16 MB，追加部分也计算在内。',
    whatToCheck: '请求中的文件大小；请拆分文件。',
  },
  78118: {
    title: '分片超过 128 KB',
    likelyCause: '上传的单个分片最大 128 KB。',
    whatToCheck: '固件的分片大小；通常为 2 KB 至 64 KB。',
  },
  78119: {
    title: '分片位置不连续',
    likelyCause: 'offset 不是上传当前的位置：缺少分片，或有分片被拒绝。',
    whatToCheck: '回复中的 offset：设备应从该处继续。',
  },
  78120: {
    title: '分片小于 256 字节',
    likelyCause: '只有文件的最后一个分片可以这么小。',
    whatToCheck: '分片大小，以及最后一个分片是否带 "isComplete":true。',
  },
  78121: {
    title: '分片 CRC 错误',
    likelyCause: '数据后的两个字节不是其 CRC-16/ARC（低字节在前）。',
    whatToCheck: 'CRC 只计算数据部分，初值 0，反射多项式 0xA001；然后重发该分片。',
  },
  78122: {
    title: '上传不存在',
    likelyCause: 'uploadId 未知：已取消、已失败、超过 24 小时，或属于其他设备。',
    whatToCheck: 'uploadId；请从 init 重新开始。',
  },
  78124: {
    title: '上传已完成',
    likelyCause: '文件的全部字节均已收到，不能再更改。',
    whatToCheck: '设备是否错过了最后一个分片的回复；无需再发送。',
  },
  78125: {
    title: '整文件校验失败',
    likelyCause: '收到内容的大小或 CRC-64 与请求中声明的不一致，内容已被丢弃。',
    whatToCheck: '请求中的 "fileSize" 和 "ficValue"；支持 CRC-64/XZ 和 CRC-64/Jones。',
  },
  78126: {
    title: '分片重复',
    likelyCause: '该分片位于上传当前位置之前。',
    whatToCheck: '无需处理：设备从回复中的 offset 继续即可。',
  },
  78127: {
    title: '上传过快',
    likelyCause: '分片到达的速度超过磁盘写入速度。',
    whatToCheck: '等待一个分片的回复后再发送下一个。',
  },
}
