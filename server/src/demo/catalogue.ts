/** What the demo shop sells. Prices are in fen; pictures are drawn by the page (page/pictures.js) under the item's id. */
export interface ShopItem {
  readonly id: string
  readonly name: string
  readonly nameEn: string
  readonly category: string
  readonly categoryEn: string
  readonly brand: string
  readonly brandEn: string
  readonly priceFen: number
}

const item = (
  id: string,
  [name, nameEn]: readonly [string, string],
  [category, categoryEn]: readonly [string, string],
  [brand, brandEn]: readonly [string, string],
  priceFen: number,
): ShopItem => ({ id, name, nameEn, category, categoryEn, brand, brandEn, priceFen })

const clothes = ['服饰', 'Clothing'] as const
const beauty = ['美妆', 'Beauty'] as const
const gadgets = ['数码', 'Gadgets'] as const
const home = ['家居', 'Home'] as const
const food = ['食品', 'Food'] as const
const tide = ['听潮', 'Tingchao'] as const
const islet = ['小屿', 'Xiaoyu'] as const
const sand = ['白沙', 'Baisha'] as const
const harbour = ['归港', 'Guigang'] as const

export const shopItems: readonly ShopItem[] = [
  item('p01', ['海盐条纹连衣裙', 'Striped summer dress'], clothes, islet, 29_900),
  item('p02', ['云朵厚底帆布鞋', 'Cloud canvas shoes'], clothes, islet, 19_900),
  item('p03', ['通勤托特包', 'Commuter tote'], clothes, harbour, 25_900),
  item('p04', ['烟酰胺焕亮精华 30ml', 'Niacinamide serum 30 ml'], beauty, sand, 15_900),
  item('p05', ['丝绒口红 #珊瑚', 'Velvet lipstick, coral'], beauty, sand, 8_900),
  item('p06', ['主动降噪耳机', 'Noise-cancelling headphones'], gadgets, tide, 59_900),
  item('p07', ['磁吸充电宝 10000mAh', 'Magnetic power bank'], gadgets, tide, 12_900),
  item('p08', ['便携咖啡杯', 'Travel mug'], home, harbour, 7_900),
  item('p09', ['木纹护眼台灯', 'Wooden desk lamp'], home, harbour, 16_900),
  item('p10', ['香薰蜡烛 海风', 'Sea-breeze candle'], home, sand, 6_900),
  item('p11', ['每日坚果 30 包', 'Daily nuts, 30 packs'], food, islet, 9_900),
  item('p12', ['高山乌龙茶 250g', 'Mountain oolong 250 g'], food, tide, 11_900),
]

const byId = new Map(shopItems.map((one) => [one.id, one]))
export const itemById = (id: string): ShopItem | undefined => byId.get(id)

/** What a new customer is given; the playbook 新用户激活 names it by this key. */
export const newCustomerCoupon = {
  key: 'new_customer_20',
  name: '新人满99减20券',
  nameEn: 'New customer: ¥20 off ¥99',
  kind: 'amount_off',
  value: 2_000,
  thresholdFen: 9_900,
  stock: 100_000,
  perPersonMax: 1,
  validDays: 7,
} as const

/** An item as Segment's e-commerce events carry it, in yuan. The page sends the same (page/track.js). */
export function productFields(one: ShopItem, quantity?: number): Record<string, unknown> {
  const { id, name, category, brand, priceFen } = one
  return { product_id: id, name, category, brand, price: priceFen / 100, ...(quantity === undefined ? {} : { quantity }) }
}
