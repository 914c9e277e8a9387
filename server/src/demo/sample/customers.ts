import type { Chance } from './random.ts'

/** How somebody shops. Shares and rates are made up, but of the order that shops see. */
export type Persona = 'looker' | 'regular' | 'loyal' | 'lost'

export interface SampleCustomer {
  readonly number: number
  readonly userId: string
  readonly anonymousId: string
  readonly persona: Persona
  readonly name: string
  readonly gender: '女' | '男'
  /** E.164 of a prefix (154) that no operator uses: nobody real ever gets a text because of the sample. */
  readonly phone: string
  readonly birthday: string | null
  readonly city: string
  readonly province: string
  readonly registerChannel: string
  readonly favouriteCategory: string
  readonly consent: 'all' | 'in_app' | 'none'
  /** Days before now. */
  readonly registeredDaysAgo: number
}

const surnames = [
  ...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严',
]
const womensNames =
  '欣怡,梓涵,诗涵,雨桐,思琪,佳怡,晓雯,静,丽,敏,婷婷,雪,慧,娟,艳,芳,玉兰,梦瑶,可欣,子萱,语嫣,若曦,雅琪,秀英,小红,倩,琳,璐,莹,菲'
const mensNames = '浩然,子轩,宇航,俊杰,伟,强,磊,军,洋,勇,杰,涛,明,超,志强,建国,文博,嘉豪,天宇,鑫,鹏,飞,斌,波,辉,晨,一鸣,睿,凯,旭'
const cities = [
  ['上海', '上海', 9],
  ['北京', '北京', 8],
  ['广州', '广东', 7],
  ['深圳', '广东', 7],
  ['杭州', '浙江', 7],
  ['成都', '四川', 6],
  ['重庆', '重庆', 5],
  ['武汉', '湖北', 5],
  ['南京', '江苏', 5],
  ['苏州', '江苏', 4],
  ['西安', '陕西', 4],
  ['长沙', '湖南', 4],
  ['青岛', '山东', 3],
  ['厦门', '福建', 3],
  ['昆明', '云南', 2],
] as const
const channels = [
  ['微信', 32],
  ['抖音', 26],
  ['小红书', 16],
  ['自然流量', 16],
  ['线下门店', 10],
] as const
const personas = [
  ['looker', 46],
  ['regular', 32],
  ['loyal', 12],
  ['lost', 10],
] as const

export function sampleCustomer(number: number, chance: Chance, categories: readonly string[]): SampleCustomer {
  const gender = chance.is(0.62) ? '女' : '男'
  const persona = chance.weighted(personas)
  const [city, province] = chance.weighted(cities.map(([name, ofProvince, weight]) => [[name, ofProvince] as const, weight] as const))
  const month = String(chance.between(1, 12)).padStart(2, '0')
  const day = String(chance.between(1, 28)).padStart(2, '0')
  return {
    number,
    userId: `sample-${String(number).padStart(4, '0')}`,
    anonymousId: `sample-device-${number}`,
    persona,
    name: chance.pick(surnames) + chance.pick((gender === '女' ? womensNames : mensNames).split(',')),
    gender,
    phone: `+86154${String(10_000_000 + number * 7_919).slice(-8)}`,
    birthday: chance.is(0.55) ? `${chance.between(1968, 2006)}-${month}-${day}` : null,
    city,
    province,
    registerChannel: chance.weighted(channels),
    favouriteCategory: chance.pick(categories),
    consent: chance.weighted([
      ['all', 84],
      ['in_app', 9],
      ['none', 7],
    ]),
    registeredDaysAgo: persona === 'lost' ? chance.between(22, 29) : chance.between(1, 30),
  }
}
