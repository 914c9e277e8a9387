const texts = {
  shop: ['潮汐小店', 'Tide Shop'],
  slogan: ['潮起潮落，好物常在', 'Good things, tide after tide'],
  search: ['搜索商品', 'Search'],
  searchHint: ['连衣裙、耳机、乌龙茶…', 'Dress, headphones, oolong …'],
  found: ['“{q}” 找到 {n} 件', '{n} for “{q}”'],
  nothingFound: ['没有找到，换个词试试', 'Nothing found, try another word'],
  home: ['首页', 'Home'],
  favourites: ['收藏', 'Favourites'],
  cart: ['购物车', 'Cart'],
  me: ['我的', 'Me'],
  all: ['全部', 'All'],
  language: ['English', '中文'],
  addToCart: ['加入购物车', 'Add to cart'],
  addItemToCart: ['把“{name}”加入购物车', 'Add {name} to cart'],
  added: ['已加入购物车', 'Added to cart'],
  favourite: ['收藏“{name}”', 'Favourite {name}'],
  unfavourite: ['取消收藏“{name}”', 'Unfavourite {name}'],
  buyNow: ['立即购买', 'Buy now'],
  back: ['返回', 'Back'],
  brand: ['品牌', 'Brand'],
  category: ['类目', 'Category'],
  delivery: ['这是演示商店，不会真的扣款和发货', 'A demo shop: nothing is charged, nothing is shipped'],
  couponTitle: ['新人满 99 减 20', '¥20 off your first ¥99'],
  couponText: ['注册即可领取，7 天内有效', 'For everyone who registers, valid 7 days'],
  claim: ['立即领取', 'Claim'],
  claimed: ['已领取', 'Claimed'],
  couponClaimed: ['优惠券已到账，满 99 减 20', 'The coupon is yours: ¥20 off ¥99'],
  coupon_exhausted: ['优惠券已领完', 'No coupons are left'],
  coupon_unavailable: ['这张优惠券领不了', 'This coupon is not available'],
  not_found: ['还没有收到你的注册信息，请稍后再试', 'Your registration has not arrived yet, please try again'],
  failed: ['出了点问题，请再试一次', 'Something went wrong, please try again'],
  registerFirst: ['请先注册', 'Please register first'],
  register: ['注册', 'Register'],
  registerTitle: ['注册成为会员', 'Become a member'],
  name: ['姓名', 'Name'],
  phoneNumber: ['手机号', 'Mobile number'],
  phoneHint: ['演示号码即可，短信只会出现在右侧“手机”里', 'Any number: texts appear only in the “phone” beside'],
  birthday: ['生日（选填）', 'Birthday (optional)'],
  consent: [
    '我同意潮汐小店通过短信和应用内弹窗向我发送优惠与活动信息，可随时回复 T 退订或在此取消。',
    'I agree that Tide Shop sends me offers by SMS and in-app popup. I can stop this any time by replying T.',
  ],
  badName: ['请填写姓名', 'Please give your name'],
  badPhone: ['请填写 11 位手机号', 'Please give an 11-digit mobile number'],
  welcome: ['欢迎，{name}', 'Welcome, {name}'],
  signOut: ['退出登录', 'Sign out'],
  myCoupons: ['我的优惠券', 'My coupons'],
  noCoupons: ['还没有优惠券', 'No coupons yet'],
  until: ['有效期至 {date}', 'Valid until {date}'],
  customerId: ['会员号', 'Member id'],
  emptyCart: ['购物车还是空的', 'Your cart is empty'],
  emptyFavourites: ['还没有收藏', 'No favourites yet'],
  goShopping: ['去逛逛', 'Go shopping'],
  fewer: ['减少', 'Fewer'],
  more: ['增加', 'More'],
  subtotal: ['商品金额', 'Subtotal'],
  discount: ['优惠券', 'Coupon'],
  total: ['合计', 'Total'],
  useCoupon: ['使用新人券（满 99 减 20）', 'Use the new-customer coupon (¥20 off ¥99)'],
  checkout: ['去结算', 'Check out'],
  placeOrder: ['提交订单', 'Place order'],
  confirmOrder: ['确认订单', 'Confirm your order'],
  orderPlaced: ['订单已提交', 'Order placed'],
  orderNo: ['订单号', 'Order'],
  pay: ['支付 {amount}', 'Pay {amount}'],
  paid: ['支付成功', 'Paid'],
  thanks: ['谢谢惠顾，欢迎再来', 'Thank you, come again'],
  phoneTitle: ['顾客的手机', "The customer's phone"],
  phoneEmpty: [
    '还没有短信。注册并勾选同意后，潮汐发出的短信会出现在这里。',
    'No texts yet. Register and give consent: texts from Chaoxi appear here.',
  ],
  phoneNone: ['注册后显示这位顾客的手机', 'Register to see this customer’s phone'],
  reply: ['回复', 'Reply'],
  replyHint: ['回复 T 退订', 'Reply T to opt out'],
  stripItems: ['{n} 件商品', '{n} items'],
  stripTitle: ['刚刚发给潮汐的数据', 'What Chaoxi just received'],
  stripEmpty: ['点点看：每个动作都会变成一个事件', 'Click around: every action becomes an event'],
  fromPage: ['页面', 'page'],
  fromShop: ['商家服务器', 'shop server'],
  console: ['打开控制台', 'Open the console'],
  close: ['关闭', 'Close'],
}

const eventNames = {
  identify: '更新资料',
  page: '访问页面',
  'Signed Up': '注册',
  'Signed In': '登录',
  'Product List Viewed': '浏览商品列表',
  'Products Searched': '搜索商品',
  'Product Viewed': '浏览商品',
  'Product Added to Wishlist': '收藏商品',
  'Product Removed from Wishlist': '取消收藏',
  'Product Added': '加购',
  'Product Removed': '移出购物车',
  'Cart Viewed': '查看购物车',
  'Checkout Started': '开始结算',
  'Order Completed': '下单',
  'Order Paid': '支付订单',
}

let language = localStorage.getItem('shop:language') === 'en' ? 'en' : 'zh'
export const isEnglish = () => language === 'en'

export function setLanguage(next) {
  language = next
  localStorage.setItem('shop:language', next)
  document.documentElement.lang = next === 'en' ? 'en' : 'zh-CN'
  document.title = t('shop')
}

export function t(key, values = {}) {
  const text = texts[key][isEnglish() ? 1 : 0]
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]))
}
/** Whether there is a text for it: error codes that the shop can explain. */
export const hasText = (key) => Object.hasOwn(texts, key)

export const eventName = (name) => (isEnglish() ? name : (eventNames[name] ?? name))
export const money = (fen) => `${fen < 0 ? '−' : ''}¥${(Math.abs(fen) / 100).toFixed(2)}`
export const itemName = (item) => (isEnglish() ? item.nameEn : item.name)
export const itemCategory = (item) => (isEnglish() ? item.categoryEn : item.category)
export const itemBrand = (item) => (isEnglish() ? item.brandEn : item.brand)
export const dateText = (iso) => new Date(iso).toLocaleDateString(isEnglish() ? 'en-GB' : 'zh-CN')
export const timeText = (at) =>
  new Date(at).toLocaleTimeString(isEnglish() ? 'en-GB' : 'zh-CN', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
