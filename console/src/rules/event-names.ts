import type { Language } from '../i18n/language.ts'

// How operators call the standard events and properties. What a shop invents itself is shown as the shop spells it.
// English shows an event by its own name, which is already readable.

const eventsZh: Readonly<Record<string, string>> = {
  $identify: '更新资料',
  $page: '访问页面',
  $screen: '打开页面',
  $group: '加入群组',
  $alias: '合并身份',
  'Signed Up': '注册',
  'Signed In': '登录',
  'Signed Out': '退出登录',
  'Products Searched': '搜索商品',
  'Product List Viewed': '浏览商品列表',
  'Product List Filtered': '筛选商品列表',
  'Promotion Viewed': '看到促销位',
  'Promotion Clicked': '点击促销位',
  'Product Clicked': '点击商品',
  'Product Viewed': '浏览商品',
  'Product Added': '加购',
  'Product Removed': '移出购物车',
  'Cart Viewed': '查看购物车',
  'Checkout Started': '开始结算',
  'Checkout Step Viewed': '查看结算步骤',
  'Checkout Step Completed': '完成结算步骤',
  'Payment Info Entered': '填写支付信息',
  'Order Completed': '下单',
  'Order Updated': '订单变更',
  'Order Paid': '支付订单',
  'Order Refunded': '退款',
  'Order Cancelled': '取消订单',
  'Coupon Entered': '填写优惠券',
  'Coupon Applied': '使用优惠券抵扣',
  'Coupon Denied': '优惠券不可用',
  'Coupon Removed': '取消优惠券',
  'Coupon Claimed': '领券',
  'Coupon Used': '核销优惠券',
  'Product Added to Wishlist': '收藏商品',
  'Product Removed from Wishlist': '取消收藏',
  'Wishlist Product Added to Cart': '收藏夹加购',
  'Product Shared': '分享商品',
  'Cart Shared': '分享购物车',
  'Product Reviewed': '评价商品',
  'Message Queued': '消息已排队',
  'Message Sent': '消息已发出',
  'Message Delivered': '消息已送达',
  'Message Failed': '消息失败',
  'Message Dropped': '消息未发',
  'Message Clicked': '点击消息链接',
  'Message Opened': '打开消息',
  'Link Clicked': '点击短链',
  'Popup Shown': '看到弹窗',
  'Popup Clicked': '点击弹窗',
  'Popup Closed': '关闭弹窗',
  'Popup Dismissed': '关闭弹窗',
  Unsubscribed: '退订',
  'Message Replied': '回复短信',
}

const eventsEn: Readonly<Record<string, string>> = {
  $identify: 'Profile updated',
  $page: 'Page viewed',
  $screen: 'Screen viewed',
  $group: 'Joined a group',
  $alias: 'Identity merged',
}

const propertiesZh: Readonly<Record<string, string>> = {
  product_id: '商品 ID',
  sku: 'SKU',
  category: '类目',
  name: '名称',
  brand: '品牌',
  variant: '规格',
  price: '价格',
  quantity: '数量',
  coupon: '优惠券',
  coupon_id: '优惠券 ID',
  coupon_key: '优惠券',
  coupon_name: '优惠券名称',
  position: '位置',
  url: '网址',
  image_url: '图片网址',
  currency: '币种',
  value: '金额',
  query: '搜索词',
  list_id: '列表 ID',
  cart_id: '购物车 ID',
  order_id: '订单号',
  total: '订单金额',
  subtotal: '商品金额',
  revenue: '收入',
  shipping: '运费',
  tax: '税费',
  discount: '优惠金额',
  affiliation: '店铺',
  payment_method: '支付方式',
  shipping_method: '配送方式',
  rating: '评分',
  review_body: '评价内容',
  share_via: '分享渠道',
  path: '路径',
  title: '标题',
  search: '网址参数',
  referrer: '来源网址',
  reason: '原因',
  method: '方式',
  channel: '渠道',
  template: '内容模板',
  gender: '性别',
  age: '年龄',
  birthday: '生日',
  city: '城市',
  province: '省份',
  phone: '手机号',
  email: '邮箱',
  firstName: '名',
  lastName: '姓',
  createdAt: '注册时间',
  created_at: '注册时间',
  registered_at: '注册时间',
  avatar: '头像',
  tier: '会员等级',
  level: '会员等级',
  points: '积分',
  source: '来源',
  register_channel: '注册渠道',
  signup_channel: '注册渠道',
  registration_channel: '注册渠道',
  'address.city': '城市（地址）',
  'address.province': '省份（地址）',
  'address.state': '省份（地址）',
}

/** The operator's word for an event, or its own name. */
export function eventName(name: string, language: Language): string {
  return (language === 'zh' ? eventsZh[name] : eventsEn[name]) ?? name
}

/** The operator's word for a property or attribute, or its own name, in English with spaces. */
export function propertyName(name: string, language: Language): string {
  if (language === 'zh') return propertiesZh[name] ?? name
  return Object.hasOwn(propertiesZh, name)
    ? name
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .replaceAll('_', ' ')
        .toLowerCase()
    : name
}

/** Standard events an operator may look for before any has come in, most wanted first. */
export const commonEvents = [
  'Product Viewed',
  'Product Added',
  'Product Added to Wishlist',
  'Products Searched',
  'Checkout Started',
  'Order Completed',
  'Order Paid',
  'Order Refunded',
  'Order Cancelled',
  'Coupon Claimed',
  'Coupon Used',
  'Signed Up',
] as const
