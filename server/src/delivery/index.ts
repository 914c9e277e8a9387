export type { SmsAccountInput } from './accounts.ts'
export { createDelivery, type Delivery, type DeliveryDeps } from './delivery.ts'
export type { Message, NewMessage, Timing } from './message.ts'
export { deliveryLoop } from './sender.ts'
