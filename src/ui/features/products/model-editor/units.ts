export interface Unit { unit: string, en: string, zh: string }

/** Units that sensors and machines report most, as `unit` and `unitName` of the export form. */
export const commonUnits: readonly Unit[] = [
  { unit: '%', en: 'percent', zh: '百分比' },
  { unit: '°C', en: 'degree Celsius', zh: '摄氏度' },
  { unit: '%RH', en: 'relative humidity', zh: '相对湿度' },
  { unit: 'V', en: 'volt', zh: '伏特' },
  { unit: 'mV', en: 'millivolt', zh: '毫伏' },
  { unit: 'A', en: 'ampere', zh: '安培' },
  { unit: 'mA', en: 'milliampere', zh: '毫安' },
  { unit: 'W', en: 'watt', zh: '瓦特' },
  { unit: 'kW', en: 'kilowatt', zh: '千瓦' },
  { unit: 'kW·h', en: 'kilowatt-hour', zh: '千瓦时' },
  { unit: 'Hz', en: 'hertz', zh: '赫兹' },
  { unit: 'Pa', en: 'pascal', zh: '帕斯卡' },
  { unit: 'kPa', en: 'kilopascal', zh: '千帕' },
  { unit: 'MPa', en: 'megapascal', zh: '兆帕' },
  { unit: 'bar', en: 'bar', zh: '巴' },
  { unit: 'lux', en: 'lux', zh: '勒克斯' },
  { unit: 'dB', en: 'decibel', zh: '分贝' },
  { unit: 'dBm', en: 'decibel-milliwatt', zh: '分贝毫瓦' },
  { unit: 'ppm', en: 'parts per million', zh: '百万分率' },
  { unit: 'μg/m³', en: 'microgram per cubic metre', zh: '微克每立方米' },
  { unit: 'mm', en: 'millimetre', zh: '毫米' },
  { unit: 'cm', en: 'centimetre', zh: '厘米' },
  { unit: 'm', en: 'metre', zh: '米' },
  { unit: 'km', en: 'kilometre', zh: '千米' },
  { unit: 'm/s', en: 'metre per second', zh: '米每秒' },
  { unit: 'km/h', en: 'kilometre per hour', zh: '千米每小时' },
  { unit: 'r/min', en: 'revolutions per minute', zh: '转每分钟' },
  { unit: '°', en: 'degree', zh: '度' },
  { unit: 'g', en: 'gram', zh: '克' },
  { unit: 'kg', en: 'kilogram', zh: '千克' },
  { unit: 't', en: 'tonne', zh: '吨' },
  { unit: 'L', en: 'litre', zh: '升' },
  { unit: 'mL', en: 'millilitre', zh: '毫升' },
  { unit: 'm³', en: 'cubic metre', zh: '立方米' },
  { unit: 'm³/h', en: 'cubic metre per hour', zh: '立方米每小时' },
  { unit: 'ms', en: 'millisecond', zh: '毫秒' },
  { unit: 's', en: 'second', zh: '秒' },
  { unit: 'min', en: 'minute', zh: '分钟' },
  { unit: 'h', en: 'hour', zh: '小时' },
  { unit: 'day', en: 'day', zh: '天' },
  { unit: 'count', en: 'count', zh: '次' },
  { unit: 'byte', en: 'byte', zh: '字节' },
]

/** Units for what has been typed: that itself first, so that Enter never replaces it, then those that begin like it, by sign or name. */
export function suggestUnits(typed: string): Unit[] {
  const start = typed.trim().toLowerCase()
  if (start === '')
    return [...commonUnits]
  const found = commonUnits.filter(one => one.unit.toLowerCase().startsWith(start) || one.en.startsWith(start) || one.zh.startsWith(start))
  const own = found.find(one => one.unit === typed.trim()) ?? { unit: typed.trim(), en: '', zh: '' }
  return [own, ...found.filter(one => one !== own)]
}
