import type { ModelIssue } from '../../../../shared/thing-model/findings.ts'
import type { Locale } from '../../../kit/format.ts'

/** What is expected, as the parser says it in English, and the same in Chinese; `$1` is what the pattern found. */
const inChinese: readonly [RegExp, string][] = [
  [/^1 to (\d+) letters, digits or underscores$/, '1 至 $1 位字母、数字或下划线'],
  [/^an identifier that is used once.*$/, '标识符不能重复'],
  [/^a module id that is used once$/, '模块标识符不能重复'],
  [/^one default module$/, '只能有一个默认模块'],
  [/^an identifier that is not one of the platform's own words(?: \((.*)\))?$/, '不能使用平台保留字（set、get、post、property、event、time、value）'],
  [/^a whole number, written as text$/, '整数'],
  [/^a number, written as text$/, '数字'],
  [/^a whole number of at most 64 bits, written as text$/, '64 位以内的整数'],
  [/^a whole number of at least 1, written as text$/, '不小于 1 的整数'],
  [/^a number that is not below the minimum (.*)$/, '不小于最小值 $1 的数字'],
  [/^a number that is not negative$/, '非负数'],
  [/^names for the values "0" and "1" only$/, '只能为 0 和 1 命名'],
  [/^a key that is a whole number of 32 bits$/, '32 位整数'],
  [/^every value once$/, '取值不能重复'],
  [/^a list of struct members, each with "identifier", "name" and "dataType"$/, '至少一个结构体成员'],
  [/^a plain type: a struct holds neither structs nor arrays$/, '基本类型：结构体不能包含结构体或数组'],
  [/^int, float, double, text or struct$/, 'int、float、double、text 或 struct'],
  [/^int, float, double, long.*$/, 'int、float、double、long、bool、enum、text、date、struct 或 array'],
  [/^an object with "properties", "events" and "services"$/, '含 "properties"、"events"、"services" 的对象'],
  [/^an object with (.*)$/, '含 $1 的对象'],
  [/^an object$/, '对象'],
  [/^a list$/, '列表'],
  [/^a text$/, '文本'],
  [/^true or false$/, 'true 或 false'],
  [/^one of (.*)$/, '以下之一：$1'],
  [/^at most (\d+) bytes$/, '最多 $1 字节'],
  [/^at most (\d+) elements$/, '最多 $1 个元素'],
  [/^at most (\d+) values$/, '最多 $1 个取值'],
  [/^at most (\d+) struct members$/, '最多 $1 个结构体成员'],
  [/^at most (\d+) parameters$/, '最多 $1 个参数'],
  [/^at most (\d+) parameters of a product together$/, '整个产品最多 $1 个参数'],
  [/^at most (\d+) modules$/, '最多 $1 个模块'],
  [/^at most (\d+) together$/, '合计最多 $1 个'],
  [/^4 to 30 characters$/, '4 至 30 个字符'],
  [/^at least one document$/, '至少一个文档'],
  [/^a file of at most (\d+) KB$/, '不超过 $1 KB 的文件'],
  [/^documents of at most (\d+) KB together$/, '合计不超过 $1 KB 的文档'],
]

/** What an issue expects, for the field it stands beside. */
export function expectationOf({ expected }: Pick<ModelIssue, 'expected'>, language: Locale): string {
  if (language === 'zh') {
    const known = inChinese.find(([pattern]) => pattern.test(expected))
    return known === undefined ? expected : expected.replace(...known)
  }
  // In a form everything is text; in a file it matters that these numbers are.
  return expected.replace(/, written as text$/, '').replace(/ \(\w+\[\d+\] has the same\)$/, '')
}
