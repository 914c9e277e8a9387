// What the generated shop is made of: names with their shares. The generator draws from them in SQL, the definitions ask for them.

/** Names with whole-number weights. */
export type Weighted = readonly (readonly [name: string, weight: number])[]

export const timeZone = 'Asia/Shanghai'
export const daysOfHistory = 180

export const eventShares: Weighted = [
  ['Product Viewed', 380],
  ['Product List Viewed', 100],
  ['Products Searched', 90],
  ['Product Clicked', 90],
  ['Product Added', 80],
  ['Cart Viewed', 50],
  ['Product Added to Wishlist', 40],
  ['Promotion Viewed', 40],
  ['Checkout Started', 30],
  ['Order Completed', 30],
  ['Order Paid', 25],
  ['Product Removed', 20],
  ['Coupon Applied', 12],
  ['Product Reviewed', 10],
  ['Order Refunded', 3],
]

const categoryNames =
  '连衣裙,T恤,衬衫,牛仔裤,外套,羽绒服,针织衫,半身裙,卫衣,内衣,女鞋,男鞋,运动鞋,箱包,手表,首饰,护肤,彩妆,香水,洗护,母婴,玩具,文具,图书,零食,茶饮,酒水,生鲜,粮油,厨具,家纺,家具,灯具,家电,手机,电脑,数码,运动,户外,宠物'
export const categories: Weighted = categoryNames.split(',').map((name, i) => [name, Math.ceil(60 / (i + 2))])

export const promotions: Weighted = [
  ['满减', 40],
  ['折扣', 30],
  ['赠品', 15],
  ['秒杀', 10],
  ['包邮', 5],
]

export const cities: Weighted = [
  ['上海', 14],
  ['北京', 13],
  ['广州', 10],
  ['深圳', 10],
  ['杭州', 9],
  ['成都', 8],
  ['重庆', 7],
  ['武汉', 6],
  ['南京', 5],
  ['苏州', 5],
  ['西安', 4],
  ['长沙', 4],
  ['青岛', 2],
  ['厦门', 2],
  ['昆明', 1],
]

export const genders: Weighted = [
  ['女', 60],
  ['男', 35],
  ['未知', 5],
]

export const memberLevels: Weighted = [
  ['普通', 70],
  ['银卡', 18],
  ['金卡', 9],
  ['钻石', 3],
]

export const channels: Weighted = [
  ['微信', 32],
  ['抖音', 26],
  ['小红书', 16],
  ['自然流量', 16],
  ['线下门店', 10],
]

/** Of local hours; the evening is busy. */
export const hourWeights: readonly number[] = [2, 1, 1, 1, 1, 1, 2, 4, 5, 6, 7, 7, 8, 7, 6, 6, 6, 7, 9, 12, 15, 15, 11, 6]

export const products = 3_000
/** Product ids are `p0` … */
export const productId = (number: number) => `p${number}`
export const userId = (personId: number) => `u${personId}`
